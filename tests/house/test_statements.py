"""How many statements the public paths need: counted, so that none creeps in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from capture.core.db import db
from capture.core.statements import observers
from capture.sites import revision
from tests.products import Product, typed

NEW_LEAD, KNOWN_LEAD, BEACON = 30, 32, 8


@contextmanager
def counted(site: Product) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    observers.append(statements.append)
    try:
        yield statements
    finally:
        observers.remove(statements.append)
        event.remove(db.engine, "before_cursor_execute", note)


def quiet(site: Product, client: FlaskClient) -> None:
    """Configuration is read and kept, as half a second after a start."""
    client.post("/f/guide", data={"email": "first@example.com", "_page": "guide"})
    client.get("/guide")
    revision.attach(site.app, check_seconds=3600)
    client.post("/f/guide", data={"email": "second@example.com", "_page": "guide"})
    client.get("/guide")


def test_a_submission_has_a_counted_number_of_statements(site: Product, client: FlaskClient) -> None:
    quiet(site, client)
    try:
        with counted(site) as new:
            client.post("/f/guide", data={**typed(), "_page": "guide", "_visitor": "A" * 22, "consent": "y"})
        with counted(site) as known:
            client.post("/f/guide", data={**typed(name="An"), "_page": "guide", "_visitor": "A" * 22, "consent": "y"})
        with counted(site) as beacon:
            client.post("/t", json={"visitor": "C" * 22, "events": [{"kind": "page_view", "page": "/guide"}] * 3})
        with counted(site) as page:
            client.get("/guide")
    finally:
        revision.attach(site.app, check_seconds=0)
    assert len(new) <= NEW_LEAD, new
    assert len(known) <= KNOWN_LEAD, known
    assert len(beacon) <= BEACON, beacon
    assert page == [], "a page that is on the shelf asks nothing"
