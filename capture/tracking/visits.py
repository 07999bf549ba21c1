"""Whether a page view begins a new visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from capture.attribution.source import Source

# The gap after which analytics tools count a new visit (Google Analytics' default).
GAP = timedelta(minutes=30)


@dataclass(frozen=True)
class LastVisit:
    """The newest visit of a visitor, and when the visitor was last seen."""

    utm: Mapping[str, Any]
    click_ids: Mapping[str, Any]
    referrer: str | None
    seen_at: datetime


def begins_visit(last: LastVisit | None, source: Source, at: datetime) -> bool:
    """After the gap, or inside it when the visitor came by another campaign or from another site."""
    if last is None or at - last.seen_at > GAP:
        return True
    if source.has_campaign:
        return dict(source.utm) != dict(last.utm) or dict(source.click_ids) != dict(last.click_ids)
    return source.referrer is not None and source.referrer != last.referrer


def visits_among(comings: Iterable[datetime], seen: Iterable[datetime]) -> int:
    """How many of these comings follow a gap; the others, by another campaign, are touches inside a visit.

    `seen` is what the visitor did besides, at least the last thing before each coming.
    """
    number, last = 0, None
    moments = [(at, 0) for at in comings] + [(at, 1) for at in seen]
    for at, kind in sorted(moments):
        number += kind == 0 and (last is None or at - last > GAP)
        last = at
    return number
