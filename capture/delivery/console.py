"""The marketers' door of delivery: what was sent where, what each receiver said, and sending again."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import may, pipelines_of
from capture.console.lists import ROWS, page_number, page_of, query
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Doors, Entry, Panel
from capture.core.errors import NotFound
from capture.core.transactions import transaction
from capture.delivery import claims, panel
from capture.delivery.health import balance, destinations_shown, needing_help, troubles
from capture.delivery.models import STATES, Attempt, Delivery, Destination, Message
from capture.delivery.sentences import in_words, said, shown_state

door = Blueprint("deliveries", __name__, url_prefix="/deliveries")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(
        Entry(
            "delivery",
            "Delivery",
            "send",
            "console.deliveries.index",
            "deliveries.see",
            210,
            needing_help,
            "bad",
            on_phone=True,
        )
    )
    doors.panel(Panel("deliveries", panel.load))


@door.get("")
@allowed("deliveries.see")
def index() -> Response:
    state = request.args.get("state", "")
    rows = _mine().where(Delivery.state == state) if state in STATES else _mine()
    total = db.session.execute(
        select(func.count()).select_from(rows.with_only_columns(Delivery.id).subquery())
    ).scalar_one()
    found = db.session.execute(rows.order_by(Delivery.id.desc()).offset((page_number() - 1) * ROWS).limit(ROWS)).all()
    pipelines = pipelines_of(current_user().role)
    return screen(
        "delivery/list.html",
        balance=balance(pipelines),
        trouble=troubles(pipelines, can_mend=may(current_user().role, "deliveries.replay")),
        destinations=destinations_shown(pipelines, now()),
        states=_state_links(state),
        rows=[_row(*one) for one in found],
        page=page_of(total),
    )


@door.get("/<delivery_id>")
@allowed("deliveries.see")
def show(delivery_id: str) -> Response:
    delivery, destination, message = _found(delivery_id)
    attempts = select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.at.desc())
    shown = _row(delivery, destination, message)
    waits = delivery.state == "waiting" and destination.paused_at is None
    about = {
        "id": message.id,
        "url": destination.url,
        "lead_href": _lead_href(message),
        "next_at": delivery.due_at if waits else None,
    }
    return screen(
        "delivery/message.html",
        message={**shown, **about},
        attempts=[_attempt(one) for one in db.session.execute(attempts).scalars()],
        body=orjson.dumps(orjson.loads(message.body), option=orjson.OPT_INDENT_2).decode(),
        headers=[{"name": "webhook-id", "value": message.id}, {"name": "content-type", "value": "application/json"}],
    )


@door.post("/<delivery_id>/replay")
@allowed("deliveries.replay")
def replay(delivery_id: str) -> BaseResponse:
    delivery, destination, _message = _found(delivery_id)
    is_paused = destination.paused_at is not None
    with transaction() as write:
        count = claims.replay(write, [delivery.id], at=now())
        _note(write, "deliveries.replay", delivery.id)
    if is_paused:
        flash("It waits until its destination goes on.", "info")
    elif count:
        flash("It will be sent again now.", "success")
    else:
        flash("It is being sent at this moment.", "info")
    return redirect(url_for(".show", delivery_id=delivery.id), 303)


@door.post("/destinations/<destination_id>/resumption")
@allowed("deliveries.replay")
def resumption(destination_id: str) -> BaseResponse:
    found = db.session.get(Destination, destination_id)
    if found is None or found.pipeline not in pipelines_of(current_user().role):
        raise NotFound("There is no such destination.")
    with transaction() as write:
        claims.resume(write, destination_id, at=now())
        _note(write, "destinations.resume", destination_id)
    flash("The destination goes on; what waited is sent now.", "success")
    return redirect(url_for(".index"), 303)


def _note(write: Any, action: str, subject: str) -> None:
    note(write, current_user().email, action, subject=subject, at=now(), details={})


def _mine() -> Any:
    """Every query of this door goes through this selection."""
    rows = select(Delivery, Destination, Message).join(Message, Message.id == Delivery.message_id)
    seen = Message.pipeline.in_(pipelines_of(current_user().role))
    return rows.join(Destination, Destination.id == Delivery.destination_id).where(seen)


def _found(delivery_id: str) -> Any:
    found = db.session.execute(_mine().where(Delivery.id == delivery_id)).first()
    if found is None:
        raise NotFound("There is no such delivery.")
    return found


def _state_links(current: str) -> list[dict[str, Any]]:
    counted = _mine().with_only_columns(Delivery.state, func.count()).group_by(Delivery.state)
    counts = {state: number for state, number in db.session.execute(counted)}
    links = [{"key": "", "count": sum(counts.values()), "href": query(state=None), "current": not current}]
    return links + [
        {"key": one, "count": counts[one], "href": query(state=one), "current": one == current}
        for one in STATES
        if counts.get(one)
    ]


def _row(delivery: Delivery, destination: Destination, message: Message) -> dict[str, Any]:
    can = may(current_user().role, "deliveries.replay")
    lead = orjson.loads(message.body)["data"].get("lead") or {}
    return {
        "href": url_for(".show", delivery_id=delivery.id),
        "lead_name": lead.get("name") or lead.get("email") or lead.get("phone") or "",
        "event": message.type,
        "destination": destination.name,
        "state": shown_state(delivery, is_paused=destination.paused_at is not None),
        "attempts": delivery.attempts,
        "said": said(delivery),
        "created_at": message.created_at,
        "replay_url": url_for(".replay", delivery_id=delivery.id) if can else None,
    }


def _lead_href(message: Message) -> str | None:
    return url_for("console.leads.show", lead_id=message.lead_id) if message.lead_id else None


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "at": one.at,
        "ok": one.outcome == "delivered",
        "outcome": in_words(one.outcome),
        "status": one.status,
        "milliseconds": one.milliseconds,
        "said": one.answer or "",
    }
