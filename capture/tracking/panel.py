"""What tracking shows on a lead's page: first and last touch, and what they looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.core.speech import _
from capture.tracking.journey import journey_of, touch_of
from capture.tracking.models import Touchpoint, Visit, Visitor

MOST = 200
WORDS = {
    "page_view": ("eye", "Viewed %(page)s"),
    "download": ("download", "Downloaded %(page)s"),
    "search": ("search", "Searched for %(page)s"),
}


def load(lead_id: str) -> Mapping[str, Any]:
    journey = journey_of(db.session.connection(), lead_id)
    return {
        "touches": {"first": journey.first, "last": journey.last},
        "timeline": [*_touches(lead_id), *_looks(lead_id)],
    }


def _touches(lead_id: str) -> list[dict[str, Any]]:
    mine = select(Visit.__table__).join(Visitor, Visitor.id == Visit.visitor_id).where(Visitor.lead_id == lead_id)
    return [_touch(touch_of(dict(row))) for row in db.session.execute(mine.limit(MOST)).mappings()]


def _touch(touch: Mapping[str, Any]) -> dict[str, Any]:
    title = _("Came by %(channel)s", channel=touch["channel"])
    text = ", ".join(str(touch[name]) for name in ("source", "medium", "campaign") if touch[name])
    return {"at": touch["at"], "icon": "click", "kind": "look", "title": title, "text": text, "points": 0}


def _looks(lead_id: str) -> list[dict[str, Any]]:
    mine = select(Touchpoint).join(Visitor, Visitor.id == Touchpoint.visitor_id).where(Visitor.lead_id == lead_id)
    rows = db.session.execute(mine.order_by(Touchpoint.at.desc()).limit(MOST)).scalars()
    return [_look(row) for row in rows]


def _look(row: Touchpoint) -> dict[str, Any]:
    icon, words = WORDS.get(row.kind, ("click", "%(page)s"))
    kind = "gave" if row.kind == "download" else "look"
    title = _(words, page=row.page or row.name or row.kind)
    return {"at": row.at, "icon": icon, "kind": kind, "title": title, "text": "", "points": 0}
