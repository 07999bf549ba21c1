"""Drafts: every step of editing is kept, so that undo is a look back and a live page never changes meanwhile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from capture.accounts.audit import note
from capture.core.errors import Conflict, Invalid
from capture.core.ids import new_id
from capture.pages.edits import Edit, with_ids
from capture.pages.models import Page, PageDraft, PageStep
from capture.pages.sitefile import exported_page
from capture.sites.section import RESERVED_SLUGS

MOST_STEPS = 200
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True)
class Draft:
    """A page as it is being edited. `step` counts the edits, 0 where nothing was edited since the last publication."""

    page_id: str
    content: Mapping[str, Any]
    step: int
    newest: int
    oldest: int
    based_on: int
    edited_at: datetime | None
    edited_by: str | None

    @property
    def can_undo(self) -> bool:
        return self.step > self.oldest

    @property
    def can_redo(self) -> bool:
        return self.step < self.newest


def draft_of(read: Connection, page: Mapping[str, Any]) -> Draft:
    """The draft of a page; without one, what is published. `page` has the columns of the table."""
    found = read.execute(select(PageDraft.__table__).where(PageDraft.page_id == page["id"])).mappings().first()
    if found is None:
        published = with_ids(exported_page(read, page))
        return Draft(page["id"], published, 0, 0, 0, page["version"], None, None)
    return _draft(read, dict(found))


def create_page(write: Connection, content: Mapping[str, Any], *, site_id: str, by: str, at: datetime) -> str:
    """A page that nobody sees yet; its content is a page of the site file. Raises Conflict when its name is taken."""
    slug = content["slug"]
    if write.execute(select(Page.id).where(Page.site_id == site_id, Page.slug == slug)).first():
        raise Conflict("There is a page with this address already.")
    page_id = new_id()
    row = {"id": page_id, "site_id": site_id, "slug": slug, "version": 0, "created_at": at}
    write.execute(insert(Page).values(**row))
    _begin(write, page_id, with_ids(content), based_on=0, by=by, at=at)
    note(write, by, "pages.begin", subject=slug, at=at, details={"after": {"title": content.get("title")}})
    return page_id


def change(
    write: Connection,
    page: Mapping[str, Any],
    edit: Edit,
    *,
    what: str,
    by: str,
    at: datetime,
    seen: int | None = None,
) -> Draft:
    """Apply an edit to the draft as it is now. `what` names its place (`block:b2`, `page`, `order`).

    Two people at two places never overwrite each other. Raises Conflict where somebody else changed the same place
    after the step `seen`.
    """
    draft = _locked(write, page, by=by, at=at)
    if seen is not None and (other := _changed_by_another(write, draft, what, by, seen)):
        raise Conflict(other)
    content = edit(draft.content)
    if content == draft.content:
        return draft
    number = draft.step + 1
    # What was undone is gone once something else is done.
    write.execute(delete(PageStep).where(PageStep.page_id == page["id"], PageStep.number > draft.step))
    row = {"page_id": page["id"], "number": number, "content": dict(content), "what": what, "at": at, "by": by}
    write.execute(insert(PageStep).values(**row))
    write.execute(delete(PageStep).where(PageStep.page_id == page["id"], PageStep.number <= number - MOST_STEPS))
    _point(write, page["id"], step=number, newest=number, by=by, at=at)
    return draft_of(write, page)


def undo(write: Connection, page: Mapping[str, Any], *, by: str, at: datetime) -> Draft:
    """Take back one's own last step; raises Conflict where the last one is somebody else's."""
    draft = _locked(write, page, by=by, at=at)
    last = select(PageStep.by).where(PageStep.page_id == page["id"], PageStep.number == draft.step)
    if draft.can_undo and write.execute(last).scalar() != by:
        raise Conflict("The last change is a colleague's. You can take back your own only.")
    return _step(write, page, -1, by=by, at=at)


def redo(write: Connection, page: Mapping[str, Any], *, by: str, at: datetime) -> Draft:
    return _step(write, page, +1, by=by, at=at)


def rename(write: Connection, page: Mapping[str, Any], slug: str, *, by: str, at: datetime) -> Draft | None:
    """Another address for a page that was never live; None where it stays. Raises Conflict when it is taken."""
    if not slug or slug == page["slug"]:
        return None
    if page["version"] or not SLUG.fullmatch(slug) or slug in RESERVED_SLUGS:
        raise Invalid("An address has small letters, digits and -, and stays once the page is live.")
    taken = select(Page.id).where(Page.site_id == page["site_id"], Page.slug == slug)
    if write.execute(taken).first():
        raise Conflict("There is a page with this address already.")
    write.execute(update(Page).where(Page.id == page["id"]).values(slug=slug))
    renamed = {**page, "slug": slug}
    return change(write, renamed, lambda content: {**content, "slug": slug}, what="page", by=by, at=at)


def discard(write: Connection, page_id: str) -> None:
    """After a publication, or when the published state is wanted back."""
    write.execute(delete(PageStep).where(PageStep.page_id == page_id))
    write.execute(delete(PageDraft).where(PageDraft.page_id == page_id))


def _step(write: Connection, page: Mapping[str, Any], by_how_much: int, *, by: str, at: datetime) -> Draft:
    draft = _locked(write, page, by=by, at=at)
    wanted = draft.step + by_how_much
    if draft.oldest <= wanted <= draft.newest:
        _point(write, page["id"], step=wanted, newest=draft.newest, by=by, at=at)
    return draft_of(write, page)


def _locked(write: Connection, page: Mapping[str, Any], *, by: str, at: datetime) -> Draft:
    """The draft, begun where there is none; whoever edits at the same moment waits."""
    mine = select(PageDraft.__table__).where(PageDraft.page_id == page["id"]).with_for_update()
    found = write.execute(mine).mappings().first()
    if found is None:
        published = with_ids(exported_page(write, page))
        _begin(write, page["id"], published, based_on=page["version"], by=by, at=at)
        return draft_of(write, page)
    return _draft(write, dict(found))


def _begin(
    write: Connection, page_id: str, content: Mapping[str, Any], *, based_on: int, by: str, at: datetime
) -> None:
    head = {"page_id": page_id, "step": 0, "newest": 0, "based_on": based_on, "edited_at": at, "edited_by": by}
    write.execute(insert(PageDraft).values(**head))
    first = {"page_id": page_id, "number": 0, "content": dict(content), "what": "begin", "at": at, "by": by}
    write.execute(insert(PageStep).values(**first))


def _draft(read: Connection, head: Mapping[str, Any]) -> Draft:
    steps = select(PageStep.number, PageStep.content).where(PageStep.page_id == head["page_id"])
    content = read.execute(steps.where(PageStep.number == head["step"])).one().content
    oldest = read.execute(steps.order_by(PageStep.number).limit(1)).one().number
    told = {name: head[name] for name in ("page_id", "step", "newest", "based_on", "edited_at", "edited_by")}
    return Draft(content=content, oldest=oldest, **told)


def _point(write: Connection, page_id: str, *, step: int, newest: int, by: str, at: datetime) -> None:
    values = {"step": step, "newest": newest, "edited_at": at, "edited_by": by}
    write.execute(update(PageDraft).where(PageDraft.page_id == page_id).values(**values))


def _changed_by_another(write: Connection, draft: Draft, what: str, by: str, seen: int) -> str | None:
    later = select(PageStep.by).where(
        PageStep.page_id == draft.page_id, PageStep.number > seen, PageStep.number <= draft.step, PageStep.what == what
    )
    return write.execute(later.where(PageStep.by != by).order_by(PageStep.number.desc()).limit(1)).scalar()
