"""The `site:` section: which site this file is about."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import phonenumbers
from pydantic import AfterValidator, Field
from sqlalchemy import Connection, delete, insert, select, update

from capture.core.ids import new_id
from capture.core.shelf import host_name
from capture.sites.brand import BrandShape
from capture.sites.models import Site, SiteHost
from capture.sites.section import LocaleText, Section, Slug, Strict, Work
from capture.sites.tags import TagsShape

COLUMNS = ("slug", "name", "locale", "timezone", "phone_region", "tracking")
HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_.])?(?::\d{1,5})?|\[[0-9a-f:.]{2,45}\](?::\d{1,5})?")


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("a time zone such as `Asia/Ho_Chi_Minh`")
    return value


def _region(value: str) -> str:
    if value not in phonenumbers.SUPPORTED_REGIONS:
        raise ValueError("a region of two capital letters such as `VN`")
    return value


def _host(value: str) -> str:
    if not HOST.fullmatch(value.strip().lower()):
        raise ValueError("a host name such as `go.example.com`")
    return host_name(value)


def _origin(value: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?", value):
        raise ValueError("an origin such as `https://www.example.com`, without a path")
    return value.lower()


class Link(Strict):
    label: LocaleText = Field(title="Words")
    href: str = Field(
        pattern=r"^(https?://|/|mailto:|tel:)",
        title="Leads to",
        description="A page here such as /privacy, an address, mailto: or tel:.",
    )


class NotFoundShape(Strict):
    title: LocaleText = Field(title="Title")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra={"control": "text"})


class LegalPagesShape(Strict):
    privacy: Slug | None = Field(default=None, title="Privacy policy", json_schema_extra={"control": "page"})
    terms: Slug | None = Field(default=None, title="Terms of use", json_schema_extra={"control": "page"})


class SiteShape(Strict):
    slug: Slug = Field(
        title="Short name", description="Small letters, digits and hyphens. The site file knows the site by it."
    )
    name: str = Field(min_length=1, max_length=255, title="Name", description="As visitors read it at the top.")
    locale: Literal["vi", "en"] = Field(
        default="vi",
        title="First language",
        description="Pages without a language in their address are in this one.",
        json_schema_extra={"words": {"vi": "Tiếng Việt", "en": "English"}},
    )
    timezone: Annotated[str, AfterValidator(_zone)] = Field(
        default="UTC",
        title="Time zone",
        description="Every time in the console and every deadline that you write is in it.",
        json_schema_extra={"suggest": "zone"},
    )
    phone_region: Annotated[str, AfterValidator(_region)] = Field(
        default="VN",
        title="Country of phone numbers",
        description="How a number without a country code is read. Two letters such as VN.",
        json_schema_extra={"suggest": "region"},
    )
    hosts: list[Annotated[str, AfterValidator(_host)]] = Field(
        min_length=1,
        title="Host names",
        description="One a line, for instance go.example.com. Each must point to this server.",
        json_schema_extra={"control": "lines"},
    )
    allowed_origins: list[Annotated[str, AfterValidator(_origin)]] = Field(
        default=[],
        title="Other websites that may send our forms",
        description="One a line, with https://. Leave it empty unless a form stands on somebody else's site.",
        json_schema_extra={"control": "lines"},
    )
    tracking: Literal["off", "consent", "on"] = Field(
        default="consent",
        title="Measuring visits",
        json_schema_extra={
            "control": "radios",
            "words": {"off": "Never", "consent": "After consent", "on": "Always"},
            "hints": {
                "off": "No identity is kept in the browser. Leads have a source, and no history before the form.",
                "consent": "The browser is remembered once a visitor has agreed. What the law asks for in most places.",
                "on": "Every browser is remembered from the first page on. Only where the law lets you.",
            },
        },
    )
    home: Slug | None = Field(
        default=None,
        title="Home page",
        description="What visitors see at the bare address.",
        json_schema_extra={"control": "page", "nothing": "The oldest page that is open"},
    )
    theme: Literal["giay", "dem", "cho"] = Field(
        default="giay",
        title="Theme",
        json_schema_extra={
            "control": "radios",
            "words": {"giay": "Giấy", "dem": "Đêm", "cho": "Chợ"},
            "hints": {
                "giay": "Calm and editorial: paper, serif headings.",
                "dem": "Dark and bold: one strong colour on night.",
                "cho": "Playful and warm: round shapes, bright card.",
            },
        },
    )
    brand: BrandShape | None = None
    legal: LocaleText | None = Field(
        default=None,
        title="Legal line",
        description="Who stands behind the page: name and address of the company.",
        json_schema_extra={"control": "text", "rows": 2},
    )
    links: list[Link] = Field(default=[], title="Links")
    tags: TagsShape | None = Field(default=None, title="Tags of ad platforms")
    legal_pages: LegalPagesShape | None = Field(
        default=None,
        title="Legal pages",
        description="They stand at the foot of every page, and beside each question for consent.",
    )
    not_found: NotFoundShape | None = Field(default=None, title="Where there is no page")
    noindex: bool = Field(default=False, title="Keep the whole site out of search engines")
    disallow: list[Annotated[str, Field(pattern=r"^/[!-~]*$", max_length=200)]] = Field(
        default=[],
        title="Paths for no robot",
        description="Each becomes a line of robots.txt.",
        max_length=100,
    )


def apply(work: Work, shape: SiteShape) -> None:
    """Write the site; the other sections belong to it."""
    values = _columns(shape)
    found = work.write.execute(select(Site.__table__).where(Site.slug == shape.slug)).mappings().first()
    if found is None:
        work.site_id = new_id()
        work.write.execute(insert(Site).values(id=work.site_id, **values, created_at=work.now, updated_at=work.now))
        work.changed(f"site {shape.slug}: new")
    else:
        work.site_id = found["id"]
        if any(found[name] != value for name, value in values.items()):
            work.write.execute(update(Site).where(Site.id == work.site_id).values(**values, updated_at=work.now))
            work.changed(f"site {shape.slug}: changed")
    _apply_hosts(work, shape)


def export(read: Connection, site_id: str) -> dict[str, Any] | None:
    """What the file says of the site."""
    row = read.execute(select(Site.__table__).where(Site.id == site_id)).mappings().first()
    if row is None:
        return None
    hosts = read.execute(select(SiteHost.host).where(SiteHost.site_id == site_id).order_by(SiteHost.position))
    columns = {name: row[name] for name in COLUMNS}
    return {**columns, "hosts": list(hosts.scalars()), **row["settings"]}


def _columns(shape: SiteShape) -> dict[str, Any]:
    settings = shape.model_dump(mode="json", exclude={*COLUMNS, "hosts"}, exclude_defaults=True)
    return {**{name: getattr(shape, name) for name in COLUMNS}, "settings": settings}


def _apply_hosts(work: Work, shape: SiteShape) -> None:
    taken = select(SiteHost).where(SiteHost.host.in_(shape.hosts), SiteHost.site_id != work.site_id)
    for row in work.write.execute(taken).mappings():
        work.refuse(("site", "hosts"), f"{row['host']!r} belongs to another site of this installation")
    rows = select(SiteHost.host).where(SiteHost.site_id == work.site_id).order_by(SiteHost.position)
    if list(work.write.execute(rows).scalars()) == shape.hosts or work.problems:
        return
    work.write.execute(delete(SiteHost).where(SiteHost.site_id == work.site_id))
    rows_now = [
        {"host": host, "site_id": work.site_id, "position": n} for n, host in enumerate(dict.fromkeys(shape.hosts))
    ]
    work.write.execute(insert(SiteHost), rows_now)
    work.changed(f"site {shape.slug}: hosts")


EXAMPLE = {
    "slug": "nha-rang",
    "name": "Nhà Rang",
    "locale": "vi",
    "timezone": "Asia/Ho_Chi_Minh",
    "hosts": ["go.example.com"],
}

SITE = Section(name="site", shape=SiteShape, apply=apply, export=export, position=0, example=EXAMPLE)
