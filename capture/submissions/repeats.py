"""Recognise a reload, a double click or a lost answer that is sent again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select

from capture.core.clock import now
from capture.core.errors import Conflict
from capture.core.statements import Fixed
from capture.core.transactions import transaction
from capture.submissions.answers import Answers
from capture.submissions.arrival import Arrival
from capture.submissions.models import Repeat, Submission

KEY_LIFETIME = timedelta(days=7)
# Without script there is no key: the same answers to the same form, soon after, are a reload.
RELOAD_WINDOW = timedelta(minutes=10)
SWEPT_AT_ONCE = 5_000


_REMEMBER = Fixed(insert(Repeat), columns=["form_id", "key", "digest", "submission_id", "expires_at"])
_BY_KEY = Fixed(
    select(Repeat.digest, Repeat.submission_id, Repeat.expires_at, Submission.received_at)
    .join(Submission, Submission.id == Repeat.submission_id)
    .where(Repeat.form_id == bindparam("_form"), Repeat.key == bindparam("_key"))
)


@dataclass(frozen=True)
class Mark:
    """The key under which this arrival would be recognised; None when nothing can recognise it."""

    key: str | None
    lifetime: timedelta


@dataclass(frozen=True)
class Known:
    submission_id: str
    received_at: datetime


def recognised(write: Connection, arrival: Arrival, answers: Answers) -> tuple[Known | None, Mark]:
    """The first submission of a repeat; else how to remember this one. Raises Conflict for a machine's reused key."""
    mark = _mark(arrival, answers)
    if mark.key is None:
        return None, mark
    found = _find(write, arrival, mark.key)
    if found is None:
        return None, mark
    if found.digest == answers.digest:
        return Known(found.submission_id, found.received_at), mark
    if arrival.door != "form":
        raise Conflict("This Idempotency-Key was used with other answers.")
    return _without_key(write, arrival, answers)


def remember(write: Connection, arrival: Arrival, answers: Answers, mark: Mark, submission_id: str) -> None:
    """Raises IntegrityError when the same arrival was stored a moment ago: run the transaction again."""
    if mark.key is not None:
        row = {"form_id": arrival.form.id, "key": mark.key, "digest": answers.digest, "submission_id": submission_id}
        _REMEMBER.run(write, {**row, "expires_at": arrival.received_at + mark.lifetime})


def forget_expired() -> None:
    """A chore of the worker."""
    old = select(Repeat.submission_id).where(Repeat.expires_at <= now()).limit(SWEPT_AT_ONCE)
    with transaction() as write:
        write.execute(delete(Repeat).where(Repeat.submission_id.in_(old), Repeat.expires_at <= now()))


def _mark(arrival: Arrival, answers: Answers) -> Mark:
    if arrival.key is not None:
        return Mark(arrival.key, KEY_LIFETIME)
    return _reload_mark(arrival, answers)


def _reload_mark(arrival: Arrival, answers: Answers) -> Mark:
    """Only for browsers, and only where the answers say who it is: two strangers may tick the same boxes.

    Another offer of the same form is another wish, and no reload.
    """
    names_somebody = answers.contact.email or answers.contact.phone
    if arrival.door != "form" or not names_somebody:
        return Mark(None, RELOAD_WINDOW)
    wish = f"{answers.digest}{arrival.offer.id if arrival.offer else ''}"
    return Mark(f"~{hashlib.sha256(wish.encode()).hexdigest()}", RELOAD_WINDOW)


def _without_key(write: Connection, arrival: Arrival, answers: Answers) -> tuple[Known | None, Mark]:
    """A browser that sends other answers under a used key is somebody who corrected themselves."""
    mark = _reload_mark(arrival, answers)
    found = _find(write, arrival, mark.key) if mark.key else None
    return (Known(found.submission_id, found.received_at) if found else None), mark


def _find(write: Connection, arrival: Arrival, key: str) -> Any:
    found = _BY_KEY.first(write, {"_form": arrival.form.id, "_key": key})
    if found is not None and found.expires_at <= arrival.received_at:
        write.execute(delete(Repeat).where(Repeat.form_id == arrival.form.id, Repeat.key == key))
        return None
    return found
