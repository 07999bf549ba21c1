"""The `pages:` section."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from sqlalchemy import insert, select, update

from capture.core.ids import new_id
from capture.formbuilder.models import Form
from capture.offers.models import Offer
from capture.pages.block import blocks
from capture.pages.models import Page, PageVersion
from capture.sites.section import LocaleText, Section, Slug, Strict, Work

BlockShape: Any = Annotated[reduce(or_, [block.shape for block in blocks().values()]), Field(discriminator="type")]


def _typed(block: Any) -> Any:
    if not isinstance(block, dict) or "type" not in block:
        raise ValueError(f"a block needs a `type`; allowed are {', '.join(repr(name) for name in sorted(blocks()))}")
    return block


class PageShape(Strict):
    slug: Slug
    offer: Slug | None = None
    title: LocaleText
    description: LocaleText | None = None
    theme: Literal["giay", "cho"] | None = None
    noindex: bool = False
    blocks: list[Annotated[BlockShape, BeforeValidator(_typed)]] = Field(min_length=1, max_length=60)


def apply(work: Work, shapes: list[PageShape]) -> None:
    """A changed page is a new version, published at once."""
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.slug in seen:
            work.refuse(("pages", index, "slug"), f"two pages are called {shape.slug!r}")
        seen.add(shape.slug)
        before = len(work.problems)
        offer = _offer(work, index, shape)
        form_id = _form(work, index, shape, offer)
        if len(work.problems) == before:
            _apply_one(work, shape, offer["id"] if offer else None, form_id)


def _offer(work: Work, index: int, shape: PageShape) -> Any:
    if shape.offer is None:
        return None
    rows = select(Offer.id, Offer.form_id).where(Offer.site_id == work.site_id, Offer.slug == shape.offer)
    found = work.write.execute(rows.where(Offer.retired_at.is_(None))).mappings().first()
    if found is None:
        work.refuse(("pages", index, "offer"), f"there is no offer {shape.offer!r} on this site")
    return found


def _form(work: Work, index: int, shape: PageShape, offer: Any) -> str | None:
    """The one form of the page: the block's own, else the offer's."""
    places = [number for number, block in enumerate(shape.blocks) if block.type == "form"]
    if not places:
        return None
    where = ("pages", index, "blocks", places[-1])
    if len(places) > 1:
        work.refuse(where, "a page has one form")
        return None
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


def _apply_one(work: Work, shape: PageShape, offer_id: str | None, form_id: str | None) -> None:
    content = shape.model_dump(mode="json", exclude={"slug", "offer"}, exclude_none=True)
    rows = select(Page.__table__).where(Page.site_id == work.site_id, Page.slug == shape.slug)
    found = work.write.execute(rows).mappings().first()
    links = {"offer_id": offer_id, "form_id": form_id}
    if found is None:
        row: dict[str, Any] = {"id": new_id(), "site_id": work.site_id, "slug": shape.slug, **links, "version": 1}
        work.write.execute(insert(Page).values(**row, created_at=work.now))
        _publish(work, row["id"], 1, content)
        work.changed(f"page {shape.slug}: new")
        return
    is_same = all(found[name] == value for name, value in links.items()) and found["retired_at"] is None
    if is_same and _content(work, found) == content:
        return
    number = found["version"] + 1
    _publish(work, found["id"], number, content)
    again = {**links, "version": number, "retired_at": None}
    work.write.execute(update(Page).where(Page.id == found["id"]).values(**again))
    work.changed(f"page {shape.slug}: version {number}")


def _content(work: Work, page: Any) -> Any:
    rows = select(PageVersion.content).where(PageVersion.page_id == page["id"], PageVersion.number == page["version"])
    return work.write.execute(rows).scalar()


def _publish(work: Work, page_id: str, number: int, content: dict[str, Any]) -> None:
    row = {"id": new_id(), "page_id": page_id, "number": number, "content": content, "published_at": work.now}
    work.write.execute(insert(PageVersion).values(**row))


PAGES = Section(name="pages", shape=list[PageShape], apply=apply, position=40)
