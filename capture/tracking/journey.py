"""Read what a lead did before: counts for the score, touches for attribution, the newest touchpoints."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from capture.core.statements import Fixed, at_most
from capture.tracking.models import Touchpoint, Visit, Visitor
from capture.tracking.record import Seen
from capture.tracking.visits import visits_among

RECENT = 20
SCRIPTED_ID_LENGTH = 22  # of ids that our script made; visitors without one have longer ids

_MINE = Visitor.lead_id == bindparam("_lead")
_SEEN_BEFORE = (
    select(func.max(Touchpoint.at))
    .where(Touchpoint.visitor_id == Visit.visitor_id, Touchpoint.at < Visit.at)
    .scalar_subquery()
    .label("seen_before")
)
_TOUCHES = Fixed(
    select(Visit.__table__, _SEEN_BEFORE)
    .join(Visitor, Visitor.id == Visit.visitor_id)
    .where(_MINE)
    .order_by(Visit.at, Visit.id)
)
_COUNTS = Fixed(
    select(Touchpoint.kind, Touchpoint.page, func.count().label("number"), func.sum(Touchpoint.value).label("value"))
    .join(Visitor, Visitor.id == Touchpoint.visitor_id)
    .where(_MINE)
    .group_by(Touchpoint.kind, Touchpoint.page)
)
_SCRIPTED = Fixed(select(Visitor.id).where(_MINE, func.length(Visitor.id) == SCRIPTED_ID_LENGTH).limit(at_most(1)))
_RECENT = Fixed(
    select(Touchpoint.kind, Touchpoint.page, Touchpoint.name, Touchpoint.value, Touchpoint.at)
    .join(Visitor, Visitor.id == Touchpoint.visitor_id)
    .where(_MINE)
    .order_by(Touchpoint.at.desc(), Touchpoint.id.desc())
    .limit(at_most(RECENT))
)


@dataclass(frozen=True)
class Journey:
    """Everything that is known of a lead's way here. Unmeasured is None or absent, never nought."""

    first: Mapping[str, Any] | None
    last: Mapping[str, Any] | None
    visits: int
    is_tracked: bool
    kinds: Mapping[str, int] = field(default_factory=dict)
    pages: Mapping[str, int] = field(default_factory=dict)
    engaged_seconds: float | None = None
    total: int = 0
    recent: Sequence[Mapping[str, Any]] = ()


def journey_of(read: Connection, lead_id: str) -> Journey:
    """The journey over all browsers of a lead; `is_tracked` when one of them had our script."""
    mine = {"_lead": lead_id}
    comings = _TOUCHES.rows(read, mine)
    touches = [touch_of(row._asdict()) for row in comings]
    counts = _COUNTS.rows(read, mine)
    return Journey(
        first=touches[0] if touches else None,
        last=touches[-1] if touches else None,
        visits=visits_among([row.at for row in comings], [row.seen_before for row in comings if row.seen_before]),
        is_tracked=_SCRIPTED.first(read, mine) is not None,
        kinds=_summed(counts, "kind"),
        pages=_summed([row for row in counts if row.kind == "page_view" and row.page], "page"),
        engaged_seconds=_engaged(counts),
        total=sum(row.number for row in counts),
        recent=[_told(row) for row in _RECENT.rows(read, mine)],
    )


def journey_begun(touches: Sequence[Mapping[str, Any]], seen: Sequence[Seen]) -> Journey:
    """The journey of somebody never seen before, from what was just written, without asking for it again."""
    views = [one for one in seen if one.kind == "page_view" and one.page]
    newest = sorted(seen, key=lambda one: one.at, reverse=True)[:RECENT]
    return Journey(
        first=touch_of(touches[0]),
        last=touch_of(touches[-1]),
        visits=visits_among([row["at"] for row in touches], [one.at for one in seen]),
        is_tracked=False,
        kinds=Counter(one.kind for one in seen),
        pages=Counter(str(one.page) for one in views),
        engaged_seconds=_engaged(seen),
        total=len(seen),
        recent=[_said(one) for one in newest],
    )


def _engaged(seen: Iterable[Any]) -> float | None:
    """Over all pages; None when nobody measured it."""
    values = [one.value for one in seen if one.kind == "engagement" and one.value is not None]
    return sum(values) if values else None


def _said(seen: Seen) -> Mapping[str, Any]:
    told = {"kind": seen.kind, "page": seen.page, "name": seen.name, "value": seen.value, "at": seen.at}
    return {name: value for name, value in told.items() if value is not None}


def _told(row: Any) -> Mapping[str, Any]:
    return {name: value for name, value in row._asdict().items() if value is not None}


def touch_of(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A visit in the shape of the webhook's `first_touch`."""
    utm = row["utm"] or {}
    return {
        "channel": row["channel"],
        "source": row["source"],
        "medium": row["medium"],
        "campaign": row["campaign"],
        "term": utm.get("term"),
        "content": utm.get("content"),
        "click_ids": row["click_ids"] or {},
        "referrer": row["referrer"],
        "landing_page": row["landing_page"],
        "at": row["at"],
    }


def _summed(rows: Sequence[Any], name: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows:
        key = getattr(row, name)
        total[key] = total.get(key, 0) + row.number
    return total
