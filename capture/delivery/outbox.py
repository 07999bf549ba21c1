"""Announce what happened: a row in the same transaction, and nothing else. The worker sends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, insert

from capture.core.ids import new_id
from capture.core.json import dumps
from capture.core.statements import Fixed
from capture.delivery.models import Delivery, Message
from capture.delivery.queries import DestinationNow, destinations
from forms.conditions import Facts, holds


@dataclass(frozen=True)
class Subject:
    """What a message is about."""

    site_id: str
    pipeline: str
    lead_id: str | None
    submission_id: str | None


_NEW_MESSAGE = Fixed(
    insert(Message),
    columns=["id", "site_id", "pipeline", "type", "lead_id", "submission_id", "body", "created_at"],
)
_NEW_DELIVERY = Fixed(
    insert(Delivery), columns=["id", "message_id", "destination_id", "lead_id", "state", "attempts", "due_at"]
)
# The story of a lead is kept even where nobody listens yet; other events only for those who asked.
ALWAYS_KEPT = frozenset({"lead.created", "lead.updated", "lead.merged", "lead.erased"})


def announce(
    write: Connection,
    events: Mapping[str, Mapping[str, Any]],
    subject: Subject,
    *,
    data: Mapping[str, Any],
    facts: Facts,
    at: datetime,
) -> None:
    """Store a message for each event (its id is the `webhook-id`), and one delivery for each destination that wants it.

    `events` are in the order in which they happened, each with what only it tells beside `data`.
    """
    told = {event: _wanting(event, subject, facts) for event in events}
    told = {event: wanting for event, wanting in told.items() if wanting or event in ALWAYS_KEPT}
    if told:
        shared = {name: orjson.Fragment(dumps(part)) for name, part in data.items()}
        messages = {event: _message(event, {**shared, **events[event]}, subject, at) for event in told}
        _NEW_MESSAGE.run_many(write, list(messages.values()))
        pairs = [(messages[event]["id"], one) for event, wanting in told.items() for one in wanting]
        _NEW_DELIVERY.run_many(write, [_delivery(message, one, subject.lead_id, at) for message, one in pairs])


def _message(event: str, data: Mapping[str, Any], subject: Subject, at: datetime) -> dict[str, Any]:
    about = {"site_id": subject.site_id, "pipeline": subject.pipeline, "lead_id": subject.lead_id}
    body = dumps({"type": event, "timestamp": at, "data": data}).decode()
    return {
        "id": new_id(),
        "type": event,
        **about,
        "submission_id": subject.submission_id,
        "body": body,
        "created_at": at,
    }


def _wanting(event: str, subject: Subject, facts: Facts) -> list[DestinationNow]:
    return [one for one in destinations().get(subject.site_id, ()) if _wants(one, event, subject, facts)]


def _wants(destination: DestinationNow, event: str, subject: Subject, facts: Facts) -> bool:
    if destination.pipeline != subject.pipeline or event not in destination.events:
        return False
    return destination.condition is None or holds(destination.condition, facts) is True


def _delivery(message_id: str, destination: DestinationNow, lead_id: str | None, at: datetime) -> dict[str, Any]:
    pair = {"id": new_id(), "message_id": message_id, "destination_id": destination.id, "lead_id": lead_id}
    return {**pair, "state": "waiting", "attempts": 0, "due_at": at}
