"""Is it alive, is it ready: for whoever watches the process."""

from __future__ import annotations

from flask import Flask, Response
from sqlalchemy.exc import SQLAlchemyError

from capture.core.migrations import is_current

PLAIN = {"Cache-Control": "no-store", "Content-Type": "text/plain; charset=utf-8"}


def attach(app: Flask) -> None:
    app.add_url_rule("/healthz", "healthz", _alive)
    app.add_url_rule("/readyz", "readyz", _ready)


def _alive() -> Response:
    return Response("ok\n", headers=PLAIN)


def _ready() -> Response:
    """200 when the database answers and has the newest schema; 503 says which of the two is missing."""
    try:
        current = is_current()
    except SQLAlchemyError:
        return Response("the database does not answer\n", 503, headers=PLAIN)
    if not current:
        return Response("the database has an older schema: run `capture migrate`\n", 503, headers=PLAIN)
    return Response("ready\n", headers=PLAIN)
