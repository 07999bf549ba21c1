"""Write what visitors did, and whose browser it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, insert, select

from capture.attribution.channels import TABLE_VERSION, channel_of
from capture.attribution.source import Source
from capture.core.ids import new_id
from capture.core.statements import Fixed, at_most
from capture.tracking.models import Touchpoint, Visit, Visitor
from capture.tracking.visits import GAP, LastVisit, begins_visit

VISITOR_COLUMNS = ("id", "site_id", "lead_id", "first_seen_at", "last_seen_at")


def _met(upsert: Any) -> Any:
    statement = upsert(Visitor)
    seen = {"last_seen_at": _later(Visitor.last_seen_at, statement.excluded.last_seen_at)}
    return statement.on_conflict_do_update(index_elements=["id"], set_=seen)


def _attached(upsert: Any) -> Any:
    """Anonymous becomes this lead's; whoever owns the browser already keeps it."""
    statement = upsert(Visitor)
    kept = {
        "lead_id": func.coalesce(Visitor.lead_id, statement.excluded.lead_id),
        "last_seen_at": _later(Visitor.last_seen_at, statement.excluded.last_seen_at),
    }
    done = statement.on_conflict_do_update(index_elements=["id"], set_=kept)
    return done.returning(Visitor.lead_id, Visitor.first_seen_at)


def _later(one: Any, other: Any) -> Any:
    return case((one > other, one), else_=other)


_MEET = Fixed(_met, columns=VISITOR_COLUMNS)
_CLAIM = Fixed(_attached, columns=VISITOR_COLUMNS)
_NEW_VISITOR = Fixed(insert(Visitor), columns=VISITOR_COLUMNS)
_NEW_VISIT = Fixed(insert(Visit), columns=[column.name for column in Visit.__table__.columns])
_NEW_TOUCHPOINT = Fixed(insert(Touchpoint), columns=[column.name for column in Touchpoint.__table__.columns])
_LAST_VISIT = Fixed(
    select(Visit.utm, Visit.click_ids, Visit.referrer, Visit.at)
    .where(Visit.visitor_id == bindparam("_visitor"))
    .order_by(Visit.at.desc())
    .limit(at_most(1))
)
_LAST_TOUCH = Fixed(select(func.max(Touchpoint.at).label("at")).where(Touchpoint.visitor_id == bindparam("_visitor")))
_SEEN_PAGE = Fixed(
    select(Touchpoint.id)
    .where(
        Touchpoint.visitor_id == bindparam("_visitor"),
        Touchpoint.kind == "page_view",
        Touchpoint.page == bindparam("_page"),
        Touchpoint.at > bindparam("_since", type_=Touchpoint.at.type),
    )
    .limit(at_most(1))
)


@dataclass(frozen=True)
class Seen:
    """One thing that a visitor did; `page` is a path."""

    kind: str
    at: datetime
    page: str | None = None
    name: str | None = None
    value: float | None = None


@dataclass(frozen=True)
class Coming:
    """A page was opened, from somewhere."""

    source: Source
    at: datetime


@dataclass(frozen=True)
class Browser:
    """The visitor that stands for an arrival; `is_fresh` when nothing was known of it before."""

    id: str
    is_fresh: bool


def recognise(write: Connection, claim: str | None, *, site_id: str, lead_id: str, at: datetime) -> Browser:
    """Attach an anonymous browser to its lead, once.

    A browser that already belongs to somebody else stays theirs: the arrival gets a visitor of its own.
    """
    if claim is not None:
        owner, is_fresh = _claimed(write, claim, site_id, lead_id, at)
        if owner == lead_id:
            return Browser(claim, is_fresh)
    own = new_id()
    _NEW_VISITOR.run(write, _visitor(own, site_id, lead_id, at))
    return Browser(own, is_fresh=True)


def record_visits(
    write: Connection, visitor_id: str, comings: Sequence[Coming], *, is_fresh: bool = False
) -> list[dict[str, Any]]:
    """Touches: each coming that the visit going on does not explain. Returns the rows written."""
    last = None if is_fresh or not comings else _last_visit(write, visitor_id)
    rows = []
    for coming in comings:
        source, at = coming.source, coming.at
        if begins_visit(last, source, at):
            rows.append(_visit(visitor_id, source, at))
            last = LastVisit(source.utm, source.click_ids, source.referrer, at)
        elif last is not None:
            last = replace(last, seen_at=max(last.seen_at, at))
    _NEW_VISIT.run_many(write, rows)
    return rows


def record_touchpoints(write: Connection, visitor_id: str, seen: Sequence[Seen]) -> None:
    _NEW_TOUCHPOINT.run_many(write, [_touchpoint(visitor_id, one) for one in seen])


def saw_nothing(write: Connection, browser: Browser, page: str, at: datetime) -> bool:
    """Whether no view of this page is known of the visit that is going on."""
    return browser.is_fresh or not _has_seen(write, browser.id, page, at)


def record_touchpoint(
    write: Connection, *, lead_id: str, kind: str, name: str | None, at: datetime, once_in: timedelta | None = None
) -> None:
    """Something a known lead did where no browser id is at hand, for instance a download."""
    newest = select(Visitor.id).where(Visitor.lead_id == lead_id).order_by(Visitor.last_seen_at.desc()).limit(1)
    visitor_id = write.execute(newest).scalar()
    if visitor_id is not None and not (once_in and _did(write, lead_id, kind, name, since=at - once_in)):
        record_touchpoints(write, visitor_id, [Seen(kind, at, name=name)])


def _did(write: Connection, lead_id: str, kind: str, name: str | None, *, since: datetime) -> bool:
    mine = select(Touchpoint.id).join(Visitor, Visitor.id == Touchpoint.visitor_id).where(Visitor.lead_id == lead_id)
    same = mine.where(Touchpoint.kind == kind, Touchpoint.name == name, Touchpoint.at > since)
    return write.execute(same.limit(1)).first() is not None


def meet(write: Connection, visitor_id: str, *, site_id: str, at: datetime) -> None:
    """A beacon of this browser: remember that it was here."""
    _MEET.run(write, _visitor(visitor_id, site_id, None, at))


def _claimed(write: Connection, claim: str, site_id: str, lead_id: str, at: datetime) -> tuple[str | None, bool]:
    row = _CLAIM.first(write, _visitor(claim, site_id, lead_id, at))
    return row.lead_id, row.first_seen_at == at


def _last_visit(write: Connection, visitor_id: str) -> LastVisit | None:
    visit = _LAST_VISIT.first(write, {"_visitor": visitor_id})
    if visit is None:
        return None
    touched_at = _LAST_TOUCH.first(write, {"_visitor": visitor_id}).at
    return LastVisit(visit.utm, visit.click_ids, visit.referrer, max(visit.at, touched_at or visit.at))


def _has_seen(write: Connection, visitor_id: str, page: str, at: datetime) -> bool:
    return _SEEN_PAGE.first(write, {"_visitor": visitor_id, "_page": page, "_since": at - GAP}) is not None


def _visitor(visitor_id: str, site_id: str, lead_id: str | None, at: datetime) -> dict[str, Any]:
    return {"id": visitor_id, "site_id": site_id, "lead_id": lead_id, "first_seen_at": at, "last_seen_at": at}


def _visit(visitor_id: str, source: Source, at: datetime) -> dict[str, Any]:
    found = channel_of(source)
    raw = {
        "landing_url": source.landing_url,
        "landing_page": source.landing_page,
        "referrer": source.referrer,
        "utm": dict(source.utm),
        "click_ids": dict(source.click_ids),
    }
    derived = {"channel": found.channel, "source": found.source, "medium": found.medium, "campaign": found.campaign}
    receipt = {"rule": found.rule, "channel_table": TABLE_VERSION}
    return {"id": new_id(), "visitor_id": visitor_id, "at": at, **raw, **derived, **receipt}


def _touchpoint(visitor_id: str, seen: Seen) -> dict[str, Any]:
    what = {"kind": seen.kind, "page": seen.page, "name": seen.name, "value": seen.value}
    return {"id": new_id(), "visitor_id": visitor_id, **what, "at": seen.at}
