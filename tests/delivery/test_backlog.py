"""A day's leads may wait at a closed door: finding the next ones to send stays a few looks into an index."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import insert, text

from capture.core.clock import now
from capture.core.db import db
from capture.core.ids import new_id
from capture.core.transactions import transaction
from capture.delivery.claims import claim_due
from capture.delivery.models import Delivery, Message
from capture.leads.models import Lead
from tests.products import Product, typed

LEADS, MESSAGES_EACH, AT_ONCE = 500, 10, 32
# A search through all pairs of 5,000 messages takes hundreds of millions; through the index some tens of thousands.
MOST_STEPS, STEPS_COUNTED = 2_000_000, 1_000


def test_with_thousands_waiting_the_next_ones_are_found_in_order_and_without_a_search(
    client: FlaskClient, site: Product
) -> None:
    client.post("/f/guide", data={**typed(), "_page": "guide"})
    _pile_up(site)
    steps: list[int] = []
    with transaction() as write:
        driver: Any = write.connection.dbapi_connection
        if write.dialect.name == "sqlite":
            driver.set_progress_handler(lambda: steps.append(STEPS_COUNTED), STEPS_COUNTED)
        else:
            write.execute(text("ANALYZE delivery"))
            write.execute(text("SET LOCAL statement_timeout = '2s'"))
        claimed = claim_due(write, {}, per_destination=AT_ONCE, most=AT_ONCE, at=now())
        if write.dialect.name == "sqlite":
            driver.set_progress_handler(None, 0)
    assert len(claimed) == AT_ONCE
    assert sum(steps) < MOST_STEPS
    stories = {one.message_id: one.id for one in claimed}
    leads = [row.lead_id for row in site.rows(Delivery) if row.message_id in stories]
    assert len(set(leads)) == len(leads), "of each lead's story only the next message is on its way"


def _pile_up(site: Product) -> None:
    """The lead that came, five hundred times over, each with ten messages that nobody has taken yet."""
    lead, message, delivery = (_columns(site.rows(model)[0]) for model in (Lead, Message, Delivery))
    at = now() - timedelta(hours=1)
    leads = [{**lead, "id": new_id(), "email": None} for _ in range(LEADS)]
    messages = [
        {**message, "id": new_id(), "lead_id": one["id"], "submission_id": None}
        for _ in range(MESSAGES_EACH)
        for one in leads
    ]
    waiting = [
        {
            **delivery,
            "id": new_id(),
            "message_id": one["id"],
            "lead_id": one["lead_id"],
            "due_at": at,
            "state": "waiting",
        }
        for one in messages
    ]
    with transaction() as write:
        for model, rows in ((Lead, leads), (Message, messages), (Delivery, waiting)):
            write.execute(insert(model), rows)
    db.session.rollback()


def _columns(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in row.__table__.columns}
