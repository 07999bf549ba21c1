"""One place where refusals become answers: a page, a console message or problem+json, by door."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from capture.core import errors
from capture.core.db import db
from capture.core.ids import new_id

EXTENSION = "capture.failures"
RETRY_SECONDS = 5
STATUS = {
    errors.Invalid: 422,
    errors.Unreadable: 400,
    errors.NotFound: 404,
    errors.NotAllowed: 403,
    errors.Conflict: 409,
    errors.Stale: 412,
    errors.TooMany: 429,
    errors.Busy: 503,
    errors.Misdirected: 421,
}

log = logging.getLogger("capture")

# (status, message, reference, errors per field) → the answer of one door
Speaker = Callable[[int, str, str | None, dict[str, Any]], Response]


def attach(app: Flask) -> None:
    app.extensions[EXTENSION] = {}
    app.register_error_handler(errors.CaptureError, _refused)
    app.register_error_handler(RateLimitExceeded, _too_many)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)
    app.after_request(_referred)


def speak_for(app: Flask, prefix: str, speaker: Speaker) -> None:
    """The door whose addresses begin with `prefix` answers in its own way."""
    app.extensions[EXTENSION][prefix] = speaker


def answered(
    status: int, message: str = "", *, reference: str | None = None, fields: dict[str, Any] | None = None
) -> Response:
    from flask import current_app

    speakers: dict[str, Speaker] = current_app.extensions[EXTENSION]
    prefix = max((one for one in speakers if request.path.startswith(one)), key=len, default="/")
    answer = speakers[prefix](status, message, reference, fields or {})
    if status in {429, 503}:
        answer.headers.setdefault("Retry-After", str(RETRY_SECONDS))
    return answer


def reference_here() -> str:
    """The number of this request, by which the log knows it."""
    if "reference" not in g:
        g.reference = new_id()[-8:].upper()
    return str(g.reference)


def _referred(answer: Response) -> Response:
    if "reference" in g:
        answer.headers["X-Request-Id"] = g.reference
    return answer


def _refused(error: errors.CaptureError) -> Response:
    status = next(code for kind, code in STATUS.items() if isinstance(error, kind))
    fields = error.errors if isinstance(error, errors.Invalid) else {}
    return answered(status, error.message, fields=fields)


def _too_many(error: RateLimitExceeded) -> Response:
    answer = answered(429)
    answer.headers["Retry-After"] = "60"
    return answer


def _http(error: HTTPException) -> Any:
    if error.response is not None or (error.code or 500) < 400:
        return error
    answer = answered(error.code or 500)
    if allow := dict(error.get_headers()).get("Allow"):
        answer.headers["Allow"] = allow
    return answer


def _database(error: DBAPIError) -> Response:
    """A database that is away or overloaded is not the visitor's fault, and passes."""
    reference = _logged(error)
    db.session.rollback()  # the answer itself may ask the database
    return answered(503 if isinstance(error, _passing()) else 500, reference=reference)


def _passing() -> tuple[type[DBAPIError], ...]:
    from sqlalchemy.exc import InterfaceError, OperationalError

    return (OperationalError, InterfaceError)


def _unexpected(error: Exception) -> Response:
    reference = _logged(error)
    db.session.rollback()
    return answered(500, reference=reference)


def _logged(error: Exception) -> str:
    reference = reference_here()
    # Parameters of a statement are people's answers: the log gets the kind of error and where, never the values.
    if isinstance(error, DBAPIError):
        log.error("%s %s: %s (%s)", reference, request.path, type(error).__name__, type(error.orig).__name__)
        log.debug("traceback", exc_info=error)
    else:
        log.exception("%s %s", reference, request.path, exc_info=error)
    return reference
