"""The beginning of a campaign: from a template and a few words to a page with its form, offer and destination."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import Base, db
from capture.core.errors import Invalid
from capture.core.shelf import host_name
from capture.core.transactions import again_if_raced, transaction
from capture.delivery.queries import destinations
from capture.delivery.signatures import new_secret
from capture.offers.assets import keep_data
from capture.pages.drafts import create_page
from capture.pages.gallery import Preset, worded
from capture.sites import revision
from capture.sites.apply import new_work
from capture.sites.change import section_of
from capture.sites.here import shown_site
from capture.sites.queries import SiteNow
from capture.sites.refusals import errors_by_path, problems_in
from capture.sites.section import RESERVED_SLUGS, Section, Work
from capture.sites.trail import items_of, note_changes

SLUG_LENGTH = 60
PHONE_DIGITS = range(8, 16)  # E.164 at most
ZONES = {"vi": "Asia/Ho_Chi_Minh"}


@dataclass(frozen=True)
class Beginning:
    """Everything that is to be made, as the site file would say it; `file` is a name and its bytes."""

    site_id: str
    site: Mapping[str, Any] | None
    page: Mapping[str, Any]
    form: Mapping[str, Any] | None
    offer: Mapping[str, Any] | None
    destination: Mapping[str, Any] | None
    file: tuple[str, bytes] | None = None


def beginning_of(
    preset: Preset | None, typed: Mapping[str, str], *, locale: str, host: str, file: tuple[str, bytes] | None = None
) -> Beginning:
    """What the typed words ask for; raises Invalid with a message at each."""
    if preset is None:
        raise Invalid(errors={"preset": ["Please choose a template."]})
    site = shown_site()
    brand = site.name if site else typed.get("brand", "").strip()
    if not brand:
        raise Invalid(errors={"brand": ["Please fill this in."]})
    title = {one: typed[f"title.{one}"].strip() for one in ("vi", "en") if typed.get(f"title.{one}", "").strip()}
    slug = typed.get("slug", "").strip() or _free(slug_of(next(iter(title.values()), preset.name)), site)
    words = preset.words(typed, brand=brand, zone=site.timezone if site else ZONES.get(locale, "UTC"), at=now())
    offer = _offer(preset, slug, typed, words, file)
    answers = {"phone": _digits(typed.get("phone", "")), "address": typed.get("address", "").strip()}
    page = {"slug": slug, **preset.page_of(answers, words), **({"title": title} if title else {})}
    form = {"slug": slug, **worded(preset.form, words)} if preset.form else None
    return Beginning(
        site_id=site.id if site else "",
        site=None if site else {**_site(brand, locale, host), "theme": preset.theme},
        page=_linked(page, offer, slug if form else None),
        form=form,
        offer=offer,
        destination=_destination(typed, bool(site and destinations().get(site.id))),
        file=file,
    )


@again_if_raced
def begin(beginning: Beginning, *, by: str) -> str:
    """Make it all in one transaction; returns the id of the page, which nobody sees yet.

    Raises Invalid with messages by what was typed, and Conflict when the address is taken.
    """
    with transaction() as write:
        work = new_work(write, folder=None, site_id=beginning.site_id, actor=by)
        sections = current_app.extensions["capture.doors"].sections
        before = items_of(write, work.site_id, sections)
        if beginning.site is not None:
            _apply(work, section_of("site"), beginning.site, "brand")
            _apply_what_every_site_has(work)
        if beginning.form is not None:
            _apply(work, section_of("forms"), beginning.form, "slug")
        if beginning.file is not None:
            keep_data(work, ("file",), *beginning.file)
            _refuse_problems(work, "file")
        if beginning.offer is not None:
            _apply(work, section_of("offers"), beginning.offer, "value")
        if beginning.destination is not None:
            _apply(work, section_of("destinations"), beginning.destination, "destination")
        page_id = create_page(write, beginning.page, site_id=work.site_id, by=by, at=now())
        revision.move(write)
        note_changes(work, sections, before)
    return page_id


def slug_of(title: str) -> str:
    """`Cẩm nang rang` → `cam-nang-rang`."""
    plain = unicodedata.normalize("NFKD", title.replace("đ", "d").replace("Đ", "D"))
    ascii_only = plain.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:SLUG_LENGTH].strip("-") or "page"


def _free(slug: str, site: SiteNow | None) -> str:
    """The slug, or the first of `t-2`, `t-3` … that is neither ours nor a page's, form's or offer's, retired or not."""
    taken, site_id = set(RESERVED_SLUGS), site.id if site else ""
    for name in ("page", "form", "offer"):
        columns = Base.metadata.tables[name].c
        taken.update(db.session.execute(select(columns.slug).where(columns.site_id == site_id)).scalars())
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return next(one for one in itertools.chain([slug], numbered) if one not in taken)


def _apply(work: Work, section: Section, item: Mapping[str, Any], typed_at: str) -> None:
    try:
        shape = TypeAdapter(section.item_shape).validate_python(dict(item))
    except ValidationError as error:
        found = errors_by_path(problems_in(error, dict(item), section.item_shape))
        raise Invalid(errors={typed_at: [f"{path}: {texts[0]}" for path, texts in found.items()]}) from error
    section.apply(work, [shape] if section.is_list else shape)
    _refuse_problems(work, typed_at)


def _apply_what_every_site_has(work: Work) -> None:
    for section in current_app.extensions["capture.doors"].sections:
        if section.always:
            section.apply(work, None)


def _refuse_problems(work: Work, typed_at: str) -> None:
    if work.problems:
        raise Invalid(errors={typed_at: [problem.text for problem in work.problems]})


def _site(brand: str, locale: str, host: str) -> dict[str, Any]:
    zone = ZONES.get(locale, "UTC")
    region = "VN" if locale == "vi" else "US"
    hosts = list(dict.fromkeys([host_name(host), "localhost", "127.0.0.1"]))
    about = {"slug": slug_of(brand), "name": brand, "locale": locale, "timezone": zone, "phone_region": region}
    return {**about, "hosts": hosts}


def _digits(phone: str) -> str:
    """A number as chat apps take it; raises Invalid for what is none."""
    digits = re.sub(r"\D", "", phone)
    if phone.strip() and len(digits) not in PHONE_DIGITS:
        raise Invalid(errors={"phone": ["This is no phone number."]})
    return digits


def _offer(
    preset: Preset, slug: str, typed: Mapping[str, str], words: Mapping[str, str], file: tuple[str, bytes] | None
) -> dict[str, Any] | None:
    """The template's offer with what was typed; an e-book without its file comes later."""
    if preset.offer is None or (preset.offer["kind"] == "ebook" and file is None):
        return None
    offer: dict[str, Any] = {"slug": slug, "form": slug, **worded(preset.offer, words)}
    if file is not None and offer["kind"] == "ebook":
        return {**offer, "asset": file[0]}
    terms = {**offer["coupon"], "value": words["value"]}
    if typed.get("limit", "").strip().isdigit():
        terms["limit"] = int(typed["limit"])
    return {**offer, "coupon": terms}


def _destination(typed: Mapping[str, str], has_one: bool) -> dict[str, Any] | None:
    url = typed.get("destination", "").strip()
    if not url or has_one:
        return None
    events = ["lead.created", "lead.updated", "lead.stage_changed"]
    return {"name": "crm", "url": url, "secret": new_secret(), "events": events}


def _linked(page: dict[str, Any], offer: Mapping[str, Any] | None, form: str | None) -> dict[str, Any]:
    """The page names its offer, or else its form."""
    if offer is not None:
        return {"slug": page.pop("slug"), "offer": offer["slug"], **page}
    blocks = [{**one, "form": form} if one["type"] == "form" and form else one for one in page["blocks"]]
    return {**page, "blocks": [one for one in blocks if form or one["type"] != "form"]}
