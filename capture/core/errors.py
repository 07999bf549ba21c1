"""The refusals that rules may raise. They know no status codes; the doors do."""

from collections.abc import Mapping, Sequence


class CaptureError(Exception):
    """A refusal with a sentence for the person who asked."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class Invalid(CaptureError):
    """What was sent cannot be used; `errors` has the messages of each field."""

    def __init__(self, message: str = "", *, errors: Mapping[str, Sequence[str]] | None = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})


class Unreadable(CaptureError):
    """The request itself cannot be read; nothing in it can be pointed at."""


class NotFound(CaptureError):
    """There is nothing here, or nothing that this caller may know of."""


class NotAllowed(CaptureError):
    """The caller is known, and may not."""


class Conflict(CaptureError):
    """It contradicts what is already stored."""


class Stale(CaptureError):
    """It changed since the caller read it."""


class TooMany(CaptureError):
    """One caller's excess; `retry_after_seconds` says when to come again."""

    def __init__(self, message: str = "", *, retry_after_seconds: int = 60) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Busy(CaptureError):
    """The database could not take it in time: nothing was stored, try again."""


class Misdirected(CaptureError):
    """The request is for a host that is nobody's here."""
