"""The machines' door of delivery: what was sent where, and sending again. Messages about applicants are not shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection, select

from capture.accounts.audit import note
from capture.accounts.guards import current_token, scoped
from capture.api.answers import answer
from capture.api.bodies import query_of
from capture.api.described import Told, described, list_of
from capture.api.idempotency import Done, once
from capture.api.paging import Paging, cursor_of, piece, place_of
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Doors
from capture.core.errors import Conflict, NotFound
from capture.delivery import claims
from capture.delivery.models import STATES, Delivery, Destination, Message

State = Literal["waiting", "delivered", "failed", "skipped"]
assert State.__args__ == STATES  # type: ignore[attr-defined]

door = Blueprint("deliveries", __name__)


class DeliveryTold(BaseModel):
    """One message on its way to one destination."""

    id: str
    message: str = Field(description="The `webhook-id`: the same in every attempt.")
    event: str
    destination: str
    lead: str | None
    state: State
    attempts: int
    why: str | None
    due_at: datetime
    settled_at: datetime | None
    created_at: datetime


class DeliveryQuery(Paging):
    state: State | None = None


def install(doors: Doors) -> None:
    doors.api.register_blueprint(door)


@door.get("/deliveries")
@scoped("leads:read")
@described(
    Told(
        "List the deliveries",
        text="The newest first.",
        query=DeliveryQuery,
        answers={200: list_of("Deliveries", DeliveryTold)},
    )
)
def index() -> Response:
    asked = query_of(DeliveryQuery)
    rows = _marketing().where(Delivery.state == asked.state) if asked.state else _marketing()
    rows = rows.where(Delivery.id < place_of(asked.after, 1)[0]) if asked.after else rows
    found = db.session.execute(rows.order_by(Delivery.id.desc()).limit(asked.limit + 1)).mappings().all()
    shown, more = found[: asked.limit], len(found) > asked.limit
    return piece([dict(row) for row in shown], after=cursor_of(shown[-1]["id"]) if more else None)


@door.get("/deliveries/<delivery_id>")
@scoped("leads:read")
@described(Told("Read a delivery", answers={200: DeliveryTold}))
def show(delivery_id: str) -> Response:
    return answer(_told(db.session.connection(), delivery_id))


@door.post("/deliveries/<delivery_id>/replay")
@scoped("leads:write")
@described(
    Told(
        "Send a message again",
        text="From the beginning of the schedule. 409 while an attempt is under way.",
        answers={202: DeliveryTold},
        headers=("Idempotency-Key",),
        refusals=(400, 409, 422),
    )
)
def replay(delivery_id: str) -> Response:
    return once(lambda write: _replayed(write, delivery_id))


def _replayed(write: Connection, delivery_id: str) -> Done:
    _told(write, delivery_id)
    if not claims.replay(write, [delivery_id], at=now()):
        raise Conflict("It is being sent at this moment.")
    note(write, current_token().actor, "deliveries.replay", subject=delivery_id, at=now(), details={})
    return _told(write, delivery_id), 202


def _told(read: Connection, delivery_id: str) -> dict[str, Any]:
    row = read.execute(_marketing().where(Delivery.id == delivery_id)).mappings().first()
    if row is None:
        raise NotFound("There is no such delivery.")
    return dict(row)


def _marketing() -> Any:
    """Every query of this door goes through this selection."""
    columns = (
        Delivery.id,
        Message.id.label("message"),
        Message.type.label("event"),
        Destination.name.label("destination"),
        Message.lead_id.label("lead"),
        *(Delivery.state, Delivery.attempts, Delivery.why, Delivery.due_at, Delivery.settled_at),
        Message.created_at,
    )
    rows = select(*columns).join(Message, Message.id == Delivery.message_id)
    return rows.join(Destination, Destination.id == Delivery.destination_id).where(Message.pipeline == "marketing")
