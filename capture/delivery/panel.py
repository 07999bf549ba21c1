"""What delivery shows on a lead's page: where the lead was sent, and whether it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from sqlalchemy import select

from capture.core.db import db
from capture.delivery.models import Delivery, Destination, Message
from capture.delivery.sentences import said, shown_state

MOST = 30


def load(lead_id: str) -> Mapping[str, Any]:
    rows = select(Delivery, Destination, Message).join(Message, Message.id == Delivery.message_id)
    mine = rows.join(Destination, Destination.id == Delivery.destination_id).where(Message.lead_id == lead_id)
    found = db.session.execute(mine.order_by(Delivery.id.desc()).limit(MOST)).all()
    return {"deliveries": [_row(*one) for one in found]}


def _row(delivery: Delivery, destination: Destination, message: Message) -> dict[str, Any]:
    waits = delivery.state == "waiting" and destination.paused_at is None
    return {
        "destination": destination.name,
        "event": message.type,
        "icon": "",
        "at": delivery.settled_at or message.created_at,
        "state": shown_state(delivery, is_paused=destination.paused_at is not None),
        "said": said(delivery),
        "next_at": delivery.due_at if waits and delivery.attempts else None,
        "href": url_for("console.deliveries.show", delivery_id=delivery.id),
    }
