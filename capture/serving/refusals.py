"""How a request is refused: a status, a short plain sentence, and the end of the connection."""

import logging
from collections.abc import Mapping
from typing import Any

from capture.core.finished import Headers, joined, status_line
from capture.serving.plan import Plan

log = logging.getLogger(__name__)

SENTENCES = {
    400: b"This request could not be understood.\n",
    408: b"This request arrived too slowly.\n",
    411: b"This request must say how long it is.\n",
    413: b"This request is too long.\n",
    431: b"The head of this request is too long.\n",
    500: b"Something went wrong here.\n",
    503: b"Too much is going on here at the moment. Please try again shortly.\n",
}
PLAIN_TEXT = [(b"content-type", b"text/plain; charset=utf-8")]


class Refused(Exception):
    """The request is answered with this status and never reaches the application."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class ClientGone(Exception):
    """Nobody is left to answer."""


def refusal_of(plan: Plan, status: int, scope: Mapping[str, Any]) -> tuple[Headers, bytes]:
    """Headers and body of a refusal, in the product's words if it has any."""
    headers, body = _dressed(plan, status, scope) or (PLAIN_TEXT, SENTENCES[status])
    own: list[tuple[bytes, bytes]] = [(b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    if status == 503:
        own.append((b"retry-after", b"%d" % plan.bounds.retry_after_seconds))
    return [*headers, *own], body


def bare_refusal(status: int) -> bytes:
    """The whole answer as bytes, for a request that was never understood."""
    body = SENTENCES[status]
    headers = [*PLAIN_TEXT, (b"content-length", b"%d" % len(body)), (b"connection", b"close")]
    return status_line(status) + joined(headers) + b"\r\n" + body


def _dressed(plan: Plan, status: int, scope: Mapping[str, Any]) -> tuple[Headers, bytes] | None:
    if plan.refusal is None:
        return None
    try:
        return plan.refusal(status, scope)
    except Exception:
        log.exception("the product could not word a refusal")
        return None
