"""What a beacon says, made safe: hostile JSON in, plain values out. What is wrong is left out, never an error."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import orjson

from capture.core.errors import Unreadable
from capture.tracking.record import Seen
from forms.validators import cleaned_line

VISITOR = re.compile(r"^[A-Za-z0-9_-]{22}$")
KIND = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MOST_EVENTS = 100
PAGE_LENGTH, NAME_LENGTH = 512, 255
# A phone's clock may be wrong; what it says about the past is believed for a while, about the future hardly.
OLDEST, NEWEST = timedelta(days=30), timedelta(minutes=5)
# A server that brings history knows its clock.
OLDEST_HISTORY = timedelta(days=3_650)
LARGEST_VALUE = 1e12


@dataclass(frozen=True)
class Event:
    """One thing seen; of a page view, where the visitor came from and which variant it says it showed."""

    seen: Seen
    url: str | None
    referrer: str | None
    variant: str | None = None


@dataclass(frozen=True)
class Sender:
    """Who sent a beacon: the daily digest of address and agent, and what kind of robot that is, if any."""

    digest: str
    robot: str | None


@dataclass(frozen=True)
class Beacon:
    visitor: str
    events: Sequence[Event]


def beacon_of(body: bytes, at: datetime, *, oldest: timedelta = OLDEST) -> Beacon:
    """Raises Unreadable when it is no beacon at all."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable("The body is not JSON.") from error
    visitor = data.get("visitor") if isinstance(data, dict) else None
    if not isinstance(visitor, str) or not VISITOR.fullmatch(visitor):
        raise Unreadable("`visitor` is 22 base64url characters.")
    return Beacon(visitor, events_of(data.get("events"), at, oldest=oldest))


def events_of(
    found: Any, at: datetime, *, oldest: timedelta = OLDEST, undated_at: datetime | None = None
) -> list[Event]:
    """The usable ones among at most a hundred, none later than `at`; those without a time are of `undated_at`."""
    if not isinstance(found, list):
        return []
    events = [_event(one, at, oldest, undated_at or at) for one in found[:MOST_EVENTS] if isinstance(one, Mapping)]
    return [event for event in events if event is not None]


def _event(raw: Mapping[str, Any], at: datetime, oldest: timedelta, undated_at: datetime) -> Event | None:
    kind = raw.get("kind")
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        return None
    said = _moment(raw.get("at"))
    seen = Seen(
        kind=kind,
        at=min(said, at) if said and at - oldest <= said <= at + NEWEST else undated_at,
        page=_path(raw.get("page")),
        name=_text(raw.get("name"), NAME_LENGTH),
        value=_number(raw.get("value")),
    )
    # A page that carries its campaign is the address, where no other is given.
    url, referrer = _text(raw.get("url") or raw.get("page"), 4_096), _text(raw.get("referrer"), 4_096)
    return Event(seen, url, referrer, _text(raw.get("variant"), NAME_LENGTH) if kind == "page_view" else None)


def _moment(value: Any) -> datetime | None:
    """ISO-8601 or milliseconds; None for nonsense."""
    try:
        if isinstance(value, str):
            said = datetime.fromisoformat(value)
            return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _path(value: Any) -> str | None:
    """The path alone: `/pricing?x=1#y` → `/pricing`, `/guide/` → `/guide`."""
    text = _text(value, 4_096)
    if text is None:
        return None
    try:
        path = urlsplit(text).path
    except ValueError:
        return None
    path = path if path.startswith("/") else "/" + path
    return (path.rstrip("/") or "/")[:PAGE_LENGTH]


def _text(value: Any, length: int) -> str | None:
    if not isinstance(value, str):
        return None
    return str(cleaned_line(value))[:length] or None


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) <= LARGEST_VALUE else None
