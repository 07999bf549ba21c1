"""What tracking shows on a lead's page: first and last touch, and what they looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select

from capture.attribution.names import NAMES
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
    channel = touch["channel"]
    title = _("Came by %(channel)s", channel=_(NAMES.get(channel, channel)))
    if channel == "Direct":
        title = _("Came straight here")
    said = [str(touch[name]) for name in ("source", "medium", "campaign") if touch[name]]
    # "(direct)" and "(none)" are what analytics write where there is nothing.
    text = ", ".join(word for word in said if not word.startswith("("))
    return _entry(touch["at"], "click", title, order=0, text=text)


def _looks(lead_id: str) -> list[dict[str, Any]]:
    mine = select(Touchpoint).join(Visitor, Visitor.id == Touchpoint.visitor_id).where(Visitor.lead_id == lead_id)
    rows = db.session.execute(mine.order_by(Touchpoint.at.desc()).limit(MOST)).scalars()
    return [_look(row) for row in rows]


def _look(row: Touchpoint) -> dict[str, Any]:
    icon, words = WORDS.get(row.kind, ("click", "%(page)s"))
    title_of = current_app.extensions["capture.doors"].title_of
    title = row.page and title_of(row.page)
    subject = title or row.page or row.name or row.kind
    kind = "gave" if row.kind == "download" else "look"
    return _entry(row.at, icon, _(words, page=subject), order=1, kind=kind, text=str(row.page) if title else "")


def _entry(at: datetime, icon: str, title: str, *, order: int, kind: str = "look", text: str = "") -> dict[str, Any]:
    return {"at": at, "icon": icon, "kind": kind, "order": order, "title": title, "text": text, "points": 0}
