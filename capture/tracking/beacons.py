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


def beacon_of(body: bytes, at: datetime) -> Beacon:
    """Raises Unreadable when it is no beacon at all."""
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable("The body is not JSON.") from error
    visitor = data.get("visitor") if isinstance(data, dict) else None
    if not isinstance(visitor, str) or not VISITOR.fullmatch(visitor):
        raise Unreadable("`visitor` is 22 base64url characters.")
    return Beacon(visitor, events_of(data.get("events"), at))


def events_of(found: Any, at: datetime) -> list[Event]:
    """The usable ones among at most a hundred."""
    if not isinstance(found, list):
        return []
    events = [_event(one, at) for one in found[:MOST_EVENTS] if isinstance(one, Mapping)]
    return [event for event in events if event is not None]


def moment_of(value: Any, at: datetime) -> datetime:
    """ISO-8601 or milliseconds; nonsense and the far past or future are `at`."""
    try:
        if isinstance(value, str):
            said = datetime.fromisoformat(value)
            said = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            said = datetime.fromtimestamp(value / 1000, UTC)
        else:
            return at
    except (ValueError, OverflowError, OSError):
        return at
    return said if at - OLDEST <= said <= at + NEWEST else at


def _event(raw: Mapping[str, Any], at: datetime) -> Event | None:
    kind = raw.get("kind")
    if not isinstance(kind, str) or not KIND.fullmatch(kind):
        return None
    seen = Seen(
        kind=kind,
        at=min(moment_of(raw.get("at"), at), at),
        page=_path(raw.get("page")),
        name=_text(raw.get("name"), NAME_LENGTH),
        value=_number(raw.get("value")),
    )
    url, referrer = _text(raw.get("url"), 4_096), _text(raw.get("referrer"), 4_096)
    return Event(seen, url, referrer, _text(raw.get("variant"), NAME_LENGTH) if kind == "page_view" else None)


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
