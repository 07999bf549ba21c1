"""When a mail is tried again: a mail server that is busy now (4xx, or no answer) may take it later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

MINUTE, HOUR = 60, 3600
WAITS_SECONDS = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)


@dataclass(frozen=True)
class Outlook:
    """What becomes of a mail that was not taken."""

    state: Literal["waiting", "failed"]
    due_at: datetime | None


def after_failure(attempts_made: int, *, is_permanent: bool, now: datetime) -> Outlook:
    """A 5xx is the server's last word; anything else is tried again, six times in some twenty hours."""
    if is_permanent or attempts_made > len(WAITS_SECONDS):
        return Outlook("failed", None)
    return Outlook("waiting", now + timedelta(seconds=WAITS_SECONDS[attempts_made - 1]))
