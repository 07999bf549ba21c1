"""A number that moves with every change of configuration, so that every process can keep what it has read."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from capture.core.clock import now
from capture.core.db import db
from capture.sites.models import Revision

CHECK_SECONDS = 0.5
EXTENSION = "capture.revision"

T = TypeVar("T")


class Kept:
    """What this process has read, and at which revision; `changes_at` is when time itself makes another one."""

    def __init__(self, check_seconds: float = CHECK_SECONDS) -> None:
        self.check_seconds = check_seconds
        self.number = (0, 0)  # the stored one, and how often the clock changed something here
        self.changes_at: datetime | None = None
        self.checked_at = float("-inf")
        self.values: dict[Callable[[], Any], tuple[tuple[int, int], Any]] = {}


def current() -> tuple[int, int]:
    """The revision, at most half a second old."""
    return _looked_at().number


def look_again() -> None:
    """The next reader asks the database, however short ago somebody did."""
    current_app.extensions[EXTENSION].checked_at = float("-inf")


def change_at(*moments: datetime | None) -> None:
    """What is being loaded looks different from these moments on: a page opens, another one closes."""
    kept: Kept = current_app.extensions[EXTENSION]
    for moment in moments:
        if moment is not None and moment > now():
            kept.changes_at = min(moment, kept.changes_at or moment)


def move(write: Connection) -> None:
    """Say that configuration changed; every process notices within half a second."""
    write.execute(update(Revision).values(number=Revision.number + 1))


def of_revision(load: Callable[[], T]) -> Callable[[], T]:
    """Decorator: load once for each revision."""

    @wraps(load)
    def kept_value() -> T:
        kept = _looked_at()
        number, found = kept.number, kept.values.get(load)
        if found is None or found[0] != number:
            found = kept.values[load] = (number, load())
        value: T = found[1]
        return value

    return kept_value


def _looked_at() -> Kept:
    """What is kept, after asking the database where that was not done a moment ago."""
    kept: Kept = current_app.extensions[EXTENSION]
    if time.monotonic() - kept.checked_at > kept.check_seconds:
        kept.checked_at = time.monotonic()  # before reading: who asks to look again meanwhile is not overruled
        stored, turned = _stored(kept.number[0]), kept.number[1]
        if kept.changes_at is not None and now() >= kept.changes_at:
            turned, kept.changes_at = turned + 1, None
        kept.number = (stored, turned)
    return kept


def _stored(known: int) -> int:
    """The number in the database. While it does not answer, what is known holds: pages need nothing else of it."""
    try:
        with db.engine.connect() as connection:
            return connection.execute(select(Revision.number)).scalar() or 0
    except (OperationalError, InterfaceError, PoolTimeout):
        if not known:
            raise
        return known


def attach(app: Flask, check_seconds: float = CHECK_SECONDS) -> None:
    app.extensions[EXTENSION] = Kept(check_seconds)
