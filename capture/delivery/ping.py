"""A test message to one destination: through the outbox like every other, so that it proves the whole way."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, insert

from capture.core.ids import new_id
from capture.core.json import dumps
from capture.delivery.models import Delivery, Destination, Message


def ping(write: Connection, destination: Destination, *, site: str, by: str, at: datetime) -> str:
    """Store it, also where the destination does not ask for pings; returns the id of its delivery."""
    data = {"site": site, "destination": destination.name, "sent_by": by, "text": "Your destination works."}
    message = {"id": new_id(), "site_id": destination.site_id, "pipeline": destination.pipeline, "type": "ping"}
    body = dumps({"type": "ping", "timestamp": at, "data": data}).decode()
    write.execute(insert(Message).values(**message, body=body, created_at=at))
    delivery = {"id": new_id(), "message_id": message["id"], "destination_id": destination.id}
    write.execute(insert(Delivery).values(**delivery, state="waiting", attempts=0, due_at=at))
    return delivery["id"]
