"""Read what a lead did before: counts for the score, touches for attribution, the newest touchpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from capture.tracking.models import Touchpoint, Visit, Visitor

RECENT = 20


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
    browsers = list(read.execute(select(Visitor.id).where(Visitor.lead_id == lead_id)).scalars())
    if not browsers:
        return Journey(None, None, 0, is_tracked=False)
    touches = _touches(read, browsers)
    counts = _counts(read, browsers)
    return Journey(
        first=touches[0] if touches else None,
        last=touches[-1] if touches else None,
        visits=len(touches),
        is_tracked=any(len(browser) == 22 for browser in browsers),
        kinds=_summed(counts, "kind"),
        pages=_summed([row for row in counts if row["kind"] == "page_view" and row["page"]], "page"),
        engaged_seconds=_engaged(read, browsers),
        total=sum(row["count"] for row in counts),
        recent=_recent(read, browsers),
    )


def _touches(read: Connection, browsers: Sequence[str]) -> list[Mapping[str, Any]]:
    rows = select(Visit.__table__).where(Visit.visitor_id.in_(browsers)).order_by(Visit.at, Visit.id)
    return [touch_of(dict(row)) for row in read.execute(rows).mappings()]


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


def _counts(read: Connection, browsers: Sequence[str]) -> list[Mapping[str, Any]]:
    columns = (Touchpoint.kind, Touchpoint.page, func.count().label("count"))
    rows = select(*columns).where(Touchpoint.visitor_id.in_(browsers)).group_by(Touchpoint.kind, Touchpoint.page)
    return [dict(row) for row in read.execute(rows).mappings()]


def _summed(rows: Sequence[Mapping[str, Any]], name: str) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows:
        total[row[name]] = total.get(row[name], 0) + row["count"]
    return total


def _engaged(read: Connection, browsers: Sequence[str]) -> float | None:
    engaged = select(func.sum(Touchpoint.value)).where(
        Touchpoint.visitor_id.in_(browsers), Touchpoint.kind == "engagement"
    )
    return read.execute(engaged).scalar()


def _recent(read: Connection, browsers: Sequence[str]) -> list[Mapping[str, Any]]:
    columns = (Touchpoint.kind, Touchpoint.page, Touchpoint.name, Touchpoint.value, Touchpoint.at)
    rows = select(*columns).where(Touchpoint.visitor_id.in_(browsers))
    newest = read.execute(rows.order_by(Touchpoint.at.desc(), Touchpoint.id.desc()).limit(RECENT)).mappings()
    return [{name: value for name, value in row.items() if value is not None} for row in newest]


def journey_begun(touch: Mapping[str, Any], page: str | None, at: datetime) -> Journey:
    """The journey of somebody seen for the first time, without asking the database for what was just written."""
    recent = [{"kind": "page_view", "page": page, "at": at}] if page else []
    pages = {page: 1} if page else {}
    kinds = {"page_view": 1} if page else {}
    return Journey(touch, touch, 1, is_tracked=False, kinds=kinds, pages=pages, total=len(recent), recent=recent)
