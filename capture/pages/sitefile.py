"""The `pages:` section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field
from sqlalchemy import Connection, insert, select, update

from capture.accounts.passwords import hashed, is_right
from capture.core.ids import new_id
from capture.delivery.secrets import value_of
from capture.formbuilder.models import Form
from capture.offers.models import Offer
from capture.pages.block import blocks
from capture.pages.models import Page, PageVersion
from capture.pages.publish import publish, running_on
from capture.pages.sandbox import LARGEST_CHARACTERS, sandboxed
from capture.sites.section import LocaleText, Moment, Section, Slug, Strict, Work

BlockShape: Any = Annotated[reduce(or_, [block.shape for block in blocks().values()]), Field(discriminator="type")]
# These belong to the page and may change without a new version; everything else is its content.
OF_THE_PAGE = {"slug", "offer", "opens", "closes", "afterwards", "password", "published"}
TARGET = re.compile(r"/(?![/\\])[^\s\\]*|https?://[^\s\\]+")


def _typed(block: Any) -> Any:
    if not isinstance(block, dict) or "type" not in block:
        raise ValueError(f"a block needs a `type`; allowed are {', '.join(repr(name) for name in sorted(blocks()))}")
    return block


def _target(value: str) -> str:
    if not TARGET.fullmatch(value):
        raise ValueError("a path on this site such as `/thanks-for-coming`, or an address that begins with https://")
    return value


Target = Annotated[str, Field(max_length=2000), AfterValidator(_target)]


class PageShape(Strict):
    """One page. What has a title is edited beside the preview."""

    slug: Slug = Field(title="Address", description="Small letters, digits and -. It stays once the page is live.")
    offer: Slug | None = Field(
        default=None,
        title="Offer",
        description="What people get for their answers; its form is the page's form.",
        json_schema_extra={"control": "offer"},
    )
    title: LocaleText = Field(title="Title", description="In the browser's tab, in search results and in chats.")
    description: LocaleText | None = Field(
        default=None,
        title="Description",
        description="One or two sentences for search results and shared links.",
        json_schema_extra={"control": "text"},
    )
    theme: Literal["giay", "dem", "cho"] | None = Field(
        default=None,
        title="Theme",
        json_schema_extra={"words": {"giay": "Giấy, calm", "dem": "Đêm, bold", "cho": "Chợ, playful"}},
    )
    picture: Slug | None = Field(
        default=None,
        title="Picture for shared links",
        description="We draw one from the title if you choose none.",
        json_schema_extra={"control": "picture"},
    )
    canonical: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=2000)] | None = Field(
        default=None, title="Original address", description="If the same text stands elsewhere first."
    )
    noindex: bool = Field(default=False, title="Keep out of search engines")
    css: Annotated[str, Field(max_length=LARGEST_CHARACTERS), AfterValidator(sandboxed)] | None = Field(
        default=None,
        title="Own CSS",
        description="For this page alone. Nothing from elsewhere is loaded, and errors in forms keep their look.",
        json_schema_extra={"control": "text", "rows": 8},
    )
    opens: Moment | None = Field(default=None, title="Opens", description="Empty: as soon as it is published.")
    closes: Moment | None = Field(default=None, title="Closes", description="Empty: never by itself.")
    afterwards: Target | None = Field(
        default=None,
        title="Where visitors go before, after and when it is taken down",
        description="A path such as /next or a whole address. Their campaign goes along.",
    )
    password: Annotated[str, Field(pattern=r"^(stored|env:HOOK_[A-Z0-9_]+)$")] | None = None
    published: bool = True
    blocks: list[Annotated[BlockShape, BeforeValidator(_typed)]] = Field(min_length=1, max_length=60)


def apply(work: Work, shapes: list[PageShape]) -> None:
    """A changed page is a new version, published at once."""
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.slug in seen:
            work.refuse(("pages", index, "slug"), f"two pages are called {shape.slug!r}")
        seen.add(shape.slug)
        before = len(work.problems)
        if shape.opens and shape.closes and shape.closes <= shape.opens:
            work.refuse(("pages", index, "closes"), "a page closes after it opens")
        _refuse_twice(work, index, shape)
        offer = _offer(work, index, shape)
        form_id = _form(work, index, shape, offer)
        if len(work.problems) == before:
            _apply_one(work, index, shape, {"offer_id": offer["id"] if offer else None, "form_id": form_id})


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    """The pages that were published and are not retired, in the order in which they were made."""
    rows = select(Page.__table__, PageVersion.content, Offer.slug.label("offer")).join(
        PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version)
    )
    mine = rows.outerjoin(Offer, Offer.id == Page.offer_id).where(Page.site_id == site_id, Page.retired_at.is_(None))
    return [_exported(row) for row in read.execute(mine.order_by(Page.id)).mappings()]


def begun(read: Connection, site_id: str) -> list[str]:
    """Pages that were never published: drafts, in the order in which they were begun."""
    mine = (Page.site_id == site_id, Page.version == 0, Page.retired_at.is_(None))
    return list(read.execute(select(Page.slug).where(*mine).order_by(Page.id)).scalars())


def exported_page(read: Connection, page: Mapping[str, Any]) -> dict[str, Any]:
    """One published page; `page` has the columns of the table."""
    content = select(PageVersion.content).where(
        PageVersion.page_id == page["id"], PageVersion.number == page["version"]
    )
    offer = select(Offer.slug).where(Offer.id == page["offer_id"])
    rows = {"content": read.execute(content).scalar_one(), "offer": read.execute(offer).scalar()}
    return _exported({**page, **rows})


def retire(work: Work, slug: str) -> bool:
    """Nobody sees it any more; what it brought stays."""
    mine = (Page.site_id == work.site_id, Page.slug == slug, Page.retired_at.is_(None))
    page_id = work.write.execute(select(Page.id).where(*mine)).scalar()
    if page_id and (running := running_on(work.write, page_id)):
        work.refuse(("pages",), f"the experiment {running!r} runs on it: end that first")
        return False
    done = work.write.execute(update(Page).where(*mine).values(retired_at=work.now)).rowcount
    if done:
        work.changed(f"page {slug}: retired")
    return bool(done)


def _exported(row: Any) -> dict[str, Any]:
    """In the order of the shape, so that a page always reads the same."""
    content = dict(row["content"])
    told = {
        "slug": row["slug"],
        "offer": row["offer"],
        **content,
        "opens": row["opens_at"],
        "closes": row["closes_at"],
        "afterwards": row["afterwards"],
        "password": "stored" if row["password_hash"] else None,
        "published": False if row["unpublished_at"] else None,
    }
    names = [name for name in PageShape.model_fields if told.get(name) is not None]
    return {name: told[name] for name in names}


def _offer(work: Work, index: int, shape: PageShape) -> Any:
    if shape.offer is None:
        return None
    rows = select(Offer.id, Offer.form_id).where(Offer.site_id == work.site_id, Offer.slug == shape.offer)
    found = work.write.execute(rows.where(Offer.retired_at.is_(None))).mappings().first()
    if found is None:
        work.refuse(("pages", index, "offer"), f"there is no offer {shape.offer!r} on this site")
    return found


def _refuse_twice(work: Work, index: int, shape: PageShape) -> None:
    """A page has one opening, one form, one footer."""
    seen: set[str] = set()
    for number, block in enumerate(shape.blocks):
        if block.type in seen and blocks()[block.type].once:
            work.refuse(("pages", index, "blocks", number), f"a page has one {block.type}")
        seen.add(block.type)


def _form(work: Work, index: int, shape: PageShape, offer: Any) -> str | None:
    """The one form of the page: the block's own, else the offer's."""
    places = [number for number, block in enumerate(shape.blocks) if block.type == "form"]
    if not places:
        return None
    where = ("pages", index, "blocks", places[0])
    named = shape.blocks[places[0]].form
    if named is None:
        if offer is None:
            work.refuse(where, "name a `form`, or give the page an `offer`")
        return offer["form_id"] if offer else None
    return _named_form(work, (*where, "form"), named, offer)


def _named_form(work: Work, where: tuple[str | int, ...], slug: str, offer: Any) -> str | None:
    rows = select(Form.id).where(Form.site_id == work.site_id, Form.slug == slug, Form.retired_at.is_(None))
    form_id = work.write.execute(rows).scalar()
    if form_id is None:
        work.refuse(where, f"there is no form {slug!r} on this site")
    elif offer is not None and offer["form_id"] != form_id:
        work.refuse(where, "the page's offer belongs to another form")
    return form_id


def _apply_one(work: Work, index: int, shape: PageShape, links: dict[str, Any]) -> None:
    content = shape.model_dump(mode="json", exclude=OF_THE_PAGE, exclude_none=True, exclude_defaults=True)
    rows = select(Page.__table__).where(Page.site_id == work.site_id, Page.slug == shape.slug)
    found: Any = work.write.execute(rows).mappings().first()
    secret = _password(work, index, shape, found)
    if found is None:
        found = {"id": new_id(), "site_id": work.site_id, "slug": shape.slug, "version": 0, "created_at": work.now}
        work.write.execute(insert(Page).values(**found))
    if found["version"] == 0 or _content(work, found) != content:
        if slug := running_on(work.write, found["id"]):
            work.refuse(("pages", index), f"the experiment {slug!r} runs on this page: end it before the page changes")
            return
        number = publish(work.write, found["id"], content, by=work.actor, at=work.now)
        work.changed(f"page {shape.slug}: version {number}" if found["version"] else f"page {shape.slug}: new")
    _set(work, shape, found, {**links, **secret})


def _set(work: Work, shape: PageShape, found: Any, values: dict[str, Any]) -> None:
    """What belongs to the page itself; a page that is taken down keeps the time at which that was done."""
    taken_down = None if shape.published else (found.get("unpublished_at") or work.now)
    times = {"opens_at": shape.opens, "closes_at": shape.closes, "unpublished_at": taken_down}
    new = {**values, **times, "afterwards": shape.afterwards, "retired_at": None}
    if any(found.get(name) != value for name, value in new.items()):
        work.write.execute(update(Page).where(Page.id == found["id"]).values(**new))
        if found["version"]:
            work.changed(f"page {shape.slug}: settings")


def _password(work: Work, index: int, shape: PageShape, found: Any) -> dict[str, Any]:
    if shape.password is None:
        return {"password_hash": None}
    kept = found["password_hash"] if found else None
    if shape.password == "stored":  # noqa: S105 -- the word, not a secret
        if kept is None:
            work.refuse(("pages", index, "password"), "nothing is stored for this page yet: name it as `env:HOOK_…`")
        return {}
    try:
        value = value_of(shape.password, work.environment)
    except ValueError as error:
        work.refuse(("pages", index, "password"), str(error))
        return {}
    return {} if kept and is_right(kept, value) else {"password_hash": hashed(value)}


def _content(work: Work, page: Any) -> Any:
    rows = select(PageVersion.content).where(PageVersion.page_id == page["id"], PageVersion.number == page["version"])
    return work.write.execute(rows).scalar()


EXAMPLE = {
    "slug": "guide",
    "title": {"vi": "Cẩm nang rang xay", "en": "The roasting guide"},
    "blocks": [
        {"type": "hero", "heading": {"vi": "Rang mẻ đầu tiên", "en": "Roast your first batch"}},
        {"type": "form", "form": "guide"},
    ],
}

PAGES = Section(
    name="pages",
    shape=list[PageShape],
    apply=apply,
    export=export,
    retire=retire,
    position=40,
    example=EXAMPLE,
    unfinished=begun,
)
