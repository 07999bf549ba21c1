"""How the sending is doing: the reconciliation, who is in trouble, and the last 24 hours of each destination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from sqlalchemy import func, select

from capture.accounts.guards import current_user
from capture.accounts.roles import pipelines_of
from capture.core.clock import now
from capture.core.db import db
from capture.delivery.models import Attempt, Delivery, Destination, Message
from capture.delivery.sentences import in_words

SLOTS, SLOT = 48, timedelta(minutes=30)
FAILING_AFTER = 2
LATE = timedelta(seconds=60)


@dataclass(frozen=True)
class Late:
    """Messages that should have left a minute ago and were never tried; `is_sending`: others leave meanwhile."""

    count: int
    since: datetime
    is_sending: bool


def late_of(pipelines: Sequence[str], at: datetime) -> Late | None:
    """A worker that stands still makes no failures: only the age of what it should have sent gives it away."""
    oldest = select(func.count(), func.min(Delivery.due_at)).where(*_late(at))
    count, since = db.session.execute(oldest.where(Delivery.destination_id.in_(_sent_to(pipelines)))).one()
    if not count:
        return None
    newest = db.session.execute(select(Attempt.at).order_by(Attempt.id.desc()).limit(1)).scalar()
    return Late(count, since, is_sending=newest is not None and newest > at - LATE)


def _late(at: datetime) -> tuple[Any, ...]:
    return Delivery.state == "waiting", Delivery.attempts == 0, Delivery.due_at <= at - LATE


def _sent_to(pipelines: Sequence[str]) -> Any:
    goes_on = Destination.paused_at.is_(None), Destination.retired_at.is_(None)
    return select(Destination.id).where(Destination.pipeline.in_(pipelines), *goes_on)


def needing_help() -> int:
    """How many deliveries are late, wait for a second attempt or failed for good, as far as the user may see them."""
    retrying = (Delivery.state == "waiting") & (Delivery.attempts >= FAILING_AFTER)
    counted = select(func.count()).select_from(Delivery).join(Message, Message.id == Delivery.message_id)
    pipelines = pipelines_of(current_user().role)
    troubled = counted.where(Message.pipeline.in_(pipelines), retrying | (Delivery.state == "failed"))
    late = late_of(pipelines, now())
    return int(db.session.execute(troubled).scalar_one()) + (late.count if late else 0)


def balance(pipelines: Sequence[str]) -> dict[str, int]:
    """Captured = delivered + waiting + failed + skipped, or the gap is named."""
    counted = select(Delivery.state, func.count()).join(Message, Message.id == Delivery.message_id)
    rows = db.session.execute(counted.where(Message.pipeline.in_(pipelines)).group_by(Delivery.state))
    counts = {state: number for state, number in rows}
    known = {state: counts.get(state, 0) for state in ("delivered", "waiting", "failed", "skipped")}
    total = sum(counts.values())
    return {"total": total, **known, "gap": total - sum(known.values())}


def troubles(pipelines: Sequence[str], *, can_mend: bool) -> list[dict[str, Any]]:
    """What keeps messages from leaving, the worst first: nobody sends, then who does not take them."""
    rows = select(Destination).where(Destination.pipeline.in_(pipelines), Destination.retired_at.is_(None))
    found = [_trouble(one, can_mend) for one in db.session.execute(rows.order_by(Destination.name)).scalars()]
    late = late_of(pipelines, now())
    return ([_lateness(late)] if late else []) + [one for one in found if one is not None]


def _lateness(late: Late) -> dict[str, Any]:
    return {"state": "behind" if late.is_sending else "unsent", "name": "", "since": late.since, "waiting": late.count}


def _trouble(destination: Destination, can_mend: bool) -> dict[str, Any] | None:
    failing = _newest_attempt(destination.id)
    waiting = _waiting(destination.id)
    is_paused = destination.paused_at is not None
    if not is_paused and (failing is None or failing.outcome == "delivered" or not waiting["retrying"]):
        return None
    last_ok_at = _last_success(destination.id)
    return {
        "name": destination.name,
        "state": "paused" if is_paused else ("refusing" if failing and failing.status else "silent"),
        "said": _said(failing) if failing and failing.outcome != "delivered" else "",
        "since": destination.paused_at if is_paused else _failing_since(destination.id, last_ok_at),
        "last_ok_at": last_ok_at,
        "waiting": waiting["all"],
        "next_at": None if is_paused else waiting["next_at"],
        "resume_url": url_for("console.deliveries.resumption", destination_id=destination.id) if can_mend else None,
        "raw": (failing.answer or "") if failing else "",
    }


def _said(attempt: Attempt) -> str:
    """What the receiver said, where it said anything."""
    return f"HTTP {attempt.status}" if attempt.status else in_words(attempt.outcome)


def _failing_since(destination_id: str, last_ok_at: datetime | None) -> datetime | None:
    """The first attempt that failed since one arrived, among what still waits."""
    failed = select(func.min(Attempt.at)).join(Delivery, Delivery.id == Attempt.delivery_id)
    mine = failed.where(Delivery.destination_id == destination_id, Delivery.state == "waiting")
    found: datetime | None = db.session.execute(mine.where(Attempt.at > last_ok_at) if last_ok_at else mine).scalar()
    return found


def _newest_attempt(destination_id: str) -> Attempt | None:
    mine = select(Attempt).join(Delivery, Delivery.id == Attempt.delivery_id)
    rows = mine.where(Delivery.destination_id == destination_id).order_by(Attempt.id.desc()).limit(1)
    return db.session.execute(rows).scalar()


def _waiting(destination_id: str) -> dict[str, Any]:
    waits = (Delivery.destination_id == destination_id) & (Delivery.state == "waiting")
    everything = db.session.execute(select(func.count()).where(waits)).scalar_one()
    retrying = select(func.count(), func.min(Delivery.due_at)).where(waits, Delivery.attempts > 0)
    count, next_at = db.session.execute(retrying).one()
    return {"all": everything, "retrying": count, "next_at": next_at}


def _last_success(destination_id: str) -> datetime | None:
    done = select(func.max(Delivery.settled_at)).where(
        Delivery.destination_id == destination_id, Delivery.state == "delivered"
    )
    found: datetime | None = db.session.execute(done).scalar()
    return found


def destinations_shown(pipelines: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    rows = select(Destination).where(Destination.pipeline.in_(pipelines), Destination.retired_at.is_(None))
    return [_shown(one, at) for one in db.session.execute(rows.order_by(Destination.name)).scalars()]


def _shown(destination: Destination, at: datetime) -> dict[str, Any]:
    attempts = _attempts_of_a_day(destination.id, at)
    counted = select(Delivery.state, func.count()).where(Delivery.destination_id == destination.id)
    counts = {state: number for state, number in db.session.execute(counted.group_by(Delivery.state))}
    good = [one.milliseconds for one in attempts if one.outcome == "delivered"]
    late_since = _late_since(destination, at)
    return {
        "id": destination.id,
        "name": destination.name,
        "events": destination.events,
        "icon": "",
        "state": "late" if late_since else _state(destination, attempts),
        "since": late_since or destination.paused_at,
        "milliseconds": round(sum(good) / len(good)) if good else None,
        "waiting": counts.get("waiting", 0),
        "delivered": counts.get("delivered", 0),
        "failed": counts.get("failed", 0),
        "strip": _strip(attempts, at),
    }


def _late_since(destination: Destination, at: datetime) -> datetime | None:
    if destination.paused_at is not None:
        return None
    oldest = select(func.min(Delivery.due_at)).where(*_late(at)).where(Delivery.destination_id == destination.id)
    found: datetime | None = db.session.execute(oldest).scalar()
    return found


def _attempts_of_a_day(destination_id: str, at: datetime) -> Sequence[Attempt]:
    mine = select(Attempt).join(Delivery, Delivery.id == Attempt.delivery_id)
    of_day = mine.where(Delivery.destination_id == destination_id, Attempt.at > at - SLOTS * SLOT)
    return db.session.execute(of_day.order_by(Attempt.at.desc()).limit(5_000)).scalars().all()


def _state(destination: Destination, attempts: Sequence[Attempt]) -> str:
    if destination.paused_at is not None:
        return "paused"
    if not attempts:
        return "idle"
    return "arriving" if attempts[0].outcome == "delivered" else "failing"


def _strip(attempts: Sequence[Attempt], at: datetime) -> list[str]:
    """Half-hours, oldest first; one failure colours its slot."""
    slots = ["none"] * SLOTS
    for one in attempts:
        place = SLOTS - 1 - int((at - one.at) / SLOT)
        if 0 <= place < SLOTS and slots[place] != "failed":
            slots[place] = "ok" if one.outcome == "delivered" else "failed"
    return slots
