"""When a message is tried again: the schedule of Standard Webhooks 1.0, ten attempts in 75 hours."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

MINUTE, HOUR = 60, 3600
# The wait before each attempt, in seconds.
SCHEDULE = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
ATTEMPTS_MAX = len(SCHEDULE)
JITTER = 0.1
RETRY_AFTER_MAX_SECONDS = 24 * HOUR
BUSY_MIN_STEP = 2  # of the schedule: a receiver that is overloaded gets no second call after five seconds

GONE = 410
BUSY = (429, 502, 504)
MAY_ASK_TO_WAIT = (429, 503)


@dataclass(frozen=True)
class Decision:
    """What becomes of a message after an attempt, and why in one word.

    `why` is `delivered`, `gone`, `used_up`, `asked_to_wait`, `busy`, `said_no` or the name of the failure.
    A message that waits without `due_at` waits until its destination is resumed.
    """

    state: Literal["delivered", "waiting", "failed"]
    due_at: datetime | None
    pause_destination: bool
    why: str


def next_attempt(
    attempts_made: int,
    status: int | None,
    *,
    failure: str | None = None,
    retry_after: str | None = None,
    now: datetime,
    jitter: float,
) -> Decision:
    """What follows from attempt number `attempts_made`, which ended at `now` with a status or a failure.

    Only 2xx is delivered. 410 pauses the destination and its messages wait, whatever their count. All else, a
    4xx as well as a bad address, is often a setting that a person mends: it is tried again until the attempts
    are used up, then kept. `jitter`, from 0 up to 1, moves a wait by up to 10 % either way.

    A 429, 502 or 504 waits for the five-minute step at least. `Retry-After` counts with 429 and 503: never
    earlier than the schedule says, at most 24 hours, and up to 10 % later than asked, so that messages do not
    all come back at once.
    """
    if status is not None and 200 <= status < 300:
        return Decision("delivered", None, False, "delivered")
    if status == GONE:
        return Decision("waiting", None, True, "gone")
    if attempts_made >= ATTEMPTS_MAX:
        return Decision("failed", None, False, "used_up")
    wait = scheduled_wait(attempts_made, jitter)
    why = failure or "said_no"
    if status in BUSY:
        wait, why = max(wait, scheduled_wait(BUSY_MIN_STEP, jitter)), "busy"
    asked = wait_asked_for(retry_after, now=now) * (1 + JITTER * jitter) if status in MAY_ASK_TO_WAIT else 0.0
    if asked > wait:
        wait, why = max(wait, min(asked, RETRY_AFTER_MAX_SECONDS)), "asked_to_wait"
    return Decision("waiting", now + timedelta(seconds=wait), False, why)


def scheduled_wait(attempts_made: int, jitter: float) -> float:
    """Seconds until the attempt after this many."""
    return SCHEDULE[attempts_made] * (1 - JITTER + 2 * JITTER * jitter)


def wait_asked_for(retry_after: str | None, *, now: datetime) -> float:
    """Seconds that a `Retry-After` asks for, as a number or an HTTP date; 0 for the past and for nonsense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return max(0.0, ((date if date.tzinfo else date.replace(tzinfo=UTC)) - now).total_seconds())
