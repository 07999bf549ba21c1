"""Claim what is due, and write down what became of it. A claim lapses after 30 s; that is no attempt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from capture.core.ids import new_id
from capture.delivery.models import Attempt, Delivery, Destination, Message
from capture.delivery.retries import Decision

CLAIM_SECONDS = 30


@dataclass(frozen=True)
class Claimed:
    """One delivery to be attempted now, with everything that the attempt needs."""

    id: str
    claim: str
    attempts: int
    message_id: str
    destination_id: str
    url: str
    secret: str
    old_secret: str | None
    body: str


@dataclass(frozen=True)
class Attempted:
    """What an attempt was: plain values, as they are stored."""

    at: datetime
    milliseconds: int
    status: int | None
    outcome: str
    answer: str | None


def claim_due(
    write: Connection, busy: Mapping[str, int], *, per_destination: int, most: int, at: datetime
) -> list[Claimed]:
    """Claim at most `most` due deliveries, each destination up to its free places, oldest first.

    `busy` is how many each destination has under way here: one that hangs must not take the others' places.
    """
    free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= at)
    due = and_(Delivery.state == "waiting", Delivery.due_at <= at, free)
    claimed: list[Claimed] = []
    for destination in _ready(write, due, at):
        places = min(per_destination - busy.get(destination.id, 0), most - len(claimed))
        if places > 0:
            claimed += _claim(write, destination, and_(due, ~_comes_after_another()), places, at)
    return claimed


def _comes_after_another() -> Any:
    """An earlier message about the same lead was not even tried yet at this destination.

    First attempts keep the order of the story; a retry later on holds nobody up.
    """
    earlier = aliased(Delivery)
    return exists().where(
        earlier.lead_id == Delivery.lead_id,
        earlier.destination_id == Delivery.destination_id,
        earlier.message_id < Delivery.message_id,
        earlier.state == "waiting",
        earlier.attempts == 0,
    )


def _ready(write: Connection, due: Any, at: datetime) -> Any:
    old = case((Destination.old_secret_until > at, Destination.old_secret)).label("old_secret")
    rows = select(Destination.id, Destination.url, Destination.secret, old).where(
        exists().where(Delivery.destination_id == Destination.id, due),
        Destination.paused_at.is_(None),
        Destination.retired_at.is_(None),
    )
    return write.execute(rows).all()


def _claim(write: Connection, destination: Any, due: Any, places: int, at: datetime) -> list[Claimed]:
    claim = new_id()
    oldest = select(Delivery.id).where(due, Delivery.destination_id == destination.id)
    ordered = oldest.order_by(Delivery.due_at, Delivery.id).limit(places).with_for_update(skip_locked=True)
    # Read first: PostgreSQL may run a LIMIT inside an UPDATE's IN (…) more than once.
    ids = list(write.execute(ordered).scalars())
    taken = (
        update(Delivery)
        .where(Delivery.id.in_(ids), due)
        .values(claim=claim, claimed_until=at + timedelta(seconds=CLAIM_SECONDS))
        .execution_options(synchronize_session=False)
    )
    write.execute(taken)
    mine = select(Delivery.id, Delivery.attempts, Delivery.message_id, Message.body)
    rows = mine.join(Message, Message.id == Delivery.message_id).where(Delivery.claim == claim)
    there = (destination.id, destination.url, destination.secret, destination.old_secret)
    return [
        Claimed(row.id, claim, row.attempts, row.message_id, *there, row.body)
        for row in write.execute(rows.order_by(Delivery.id))
    ]


def record(write: Connection, claimed: Claimed, attempted: Attempted, decision: Decision, *, at: datetime) -> bool:
    """Write an attempt and its outcome; False when the claim had lapsed and somebody else took over."""
    settled = decision.state != "waiting"
    values = {
        "state": decision.state, "attempts": Delivery.attempts + 1, "due_at": decision.due_at or at, "claim": None,
        "claimed_until": None, "why": decision.why, "settled_at": at if settled else None,
    }  # fmt: skip
    mine = update(Delivery).where(Delivery.id == claimed.id, Delivery.claim == claimed.claim)
    if write.execute(mine.values(**values)).rowcount == 0:
        return False
    write.execute(insert(Attempt), _attempt(claimed, attempted))
    if decision.pause_destination:
        pause(write, claimed.destination_id, "The receiver said that it is gone for good (410).", at)
    return True


def pause(write: Connection, destination_id: str, reason: str, at: datetime) -> None:
    values = {"paused_at": at, "pause_reason": reason}
    write.execute(update(Destination).where(Destination.id == destination_id).values(**values))


def resume(write: Connection, destination_id: str, *, at: datetime) -> None:
    """Let a destination go on, and send now what was tried there and waits for its next attempt."""
    values = {"paused_at": None, "pause_reason": None}
    write.execute(update(Destination).where(Destination.id == destination_id).values(**values))
    waits = Delivery.destination_id == destination_id, Delivery.state == "waiting", Delivery.attempts > 0
    _send_again(write, and_(*waits), at)


def resume_for(write: Connection, ids: Sequence[str]) -> None:
    """Let the destinations of these deliveries go on, or a replay would only wait."""
    theirs = select(Delivery.destination_id).where(Delivery.id.in_(list(ids)))
    paused = update(Destination).where(Destination.id.in_(theirs), Destination.paused_at.is_not(None))
    write.execute(paused.values(paused_at=None, pause_reason=None).execution_options(synchronize_session=False))


def release(write: Connection, claimed: Sequence[Claimed]) -> None:
    """Give back what was claimed and not begun."""
    for one in claimed:
        mine = update(Delivery).where(Delivery.id == one.id, Delivery.claim == one.claim)
        write.execute(mine.values(claim=None, claimed_until=None))


def replay(write: Connection, ids: Sequence[str], *, at: datetime) -> int:
    """Send again, from the beginning of the schedule, what is not under way; returns how many."""
    return _send_again(write, Delivery.id.in_(list(ids)), at)


def _send_again(write: Connection, which: Any, at: datetime) -> int:
    free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= at)
    again = {"state": "waiting", "attempts": 0, "due_at": at, "claim": None, "claimed_until": None, "settled_at": None}
    done = write.execute(update(Delivery).where(which, free).values(**again, why="replayed"))
    return int(done.rowcount)


def _attempt(claimed: Claimed, attempted: Attempted) -> dict[str, object]:
    return {
        "id": new_id(), "delivery_id": claimed.id, "number": claimed.attempts + 1, "at": attempted.at,
        "milliseconds": attempted.milliseconds, "status": attempted.status, "outcome": attempted.outcome,
        "answer": attempted.answer,
    }  # fmt: skip


def counted(read: Connection) -> Mapping[str, int]:
    """How many deliveries are in each state."""
    rows = select(Delivery.state, func.count()).group_by(Delivery.state)
    return {state: number for state, number in read.execute(rows)}
