"""The marketers' door of destinations: where leads go, how it is doing, its secret, a test message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.facts import in_words
from capture.console.sentences import said
from capture.console.shapes import controls_of, unplaced, value_of, wrong
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Doors, Entry, Step
from capture.core.errors import NotFound
from capture.core.transactions import transaction
from capture.delivery import claims
from capture.delivery.health import destinations_shown
from capture.delivery.models import Attempt, Delivery, Destination
from capture.delivery.ping import ping
from capture.delivery.sentences import in_words as why_in_words
from capture.delivery.signatures import new_secret
from capture.delivery.sitefile import DestinationShape
from capture.sites.change import retire, section_of
from capture.sites.here import console_site, shown_site
from capture.sites.saving import Errors, kept_item, saved, state

ASKED = ("name", "url", "events", "when", "pipeline")
USUAL = ["lead.created", "lead.updated", "lead.stage_changed"]
STORED = "stored"
BY_HAND = "Paused by hand."

door = Blueprint("destinations", __name__, url_prefix="/destinations")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("destinations", "Destinations", "webhook", "console.destinations.index", "destinations.see", 310))
    doors.step(
        Step(
            "destination",
            "Choose where leads go",
            "A CRM, a sheet or your own program gets every lead, signed, and once.",
            "Add a destination",
            "console.destinations.new",
            "destinations.edit",
            40,
            lambda: shown_site() is not None and bool(_mine()),
        )
    )


@door.get("")
@allowed("destinations.see")
def index() -> Response:
    health = {one["id"]: one for one in destinations_shown(pipelines_of(current_user().role), now())}
    rows = [_row(one, health[one.id]) for one in _mine() if one.id in health]
    return screen("destinations/list.html", rows=rows, may_edit=g.permits("destinations.edit"))


@door.route("/-/new", methods=["GET", "POST"])
@allowed("destinations.edit")
def new() -> BaseResponse:
    if request.method != "POST":
        return _editor({"events": USUAL}, is_new=True)
    item, secret = _posted({}), ""
    item["secret"] = request.form.get("_env", "").strip() if request.form.get("_secret") == "env" else ""
    if not item["secret"] and request.form.get("_secret") != "env":
        item["secret"] = secret = new_secret()
    errors = saved("destinations", item, is_new=True)
    if errors:
        return _editor(item, errors, is_new=True)
    if secret:
        return _editor(_kept(str(item["name"])), secret=secret)
    flash("Saved. What happens from now on is sent there.", "success")
    return redirect(url_for(".show", name=item["name"]), 303)


@door.get("/<name>")
@allowed("destinations.see")
def show(name: str) -> Response:
    return _editor(_kept(name))


@door.post("/<name>")
@allowed("destinations.edit")
def change(name: str) -> BaseResponse:
    kept = _kept(name)
    before = kept if request.form.get("_was") == state(kept) else {}
    item = {**_posted(before), "name": name, "secret": kept["secret"]}
    errors = saved("destinations", item)
    if errors:
        return _editor(item, errors)
    flash("Saved. What happens from now on is sent so.", "success")
    return redirect(url_for(".show", name=name), 303)


@door.post("/<name>/secret")
@allowed("destinations.edit")
def secret(name: str) -> BaseResponse:
    """A new signing secret: one of ours, shown once, or the name of one that the operator keeps."""
    kept = _kept(name)
    env = request.form.get("_env", "").strip() if request.form.get("_secret") == "env" else ""
    made = "" if env or request.form.get("_secret") == "env" else new_secret()
    errors = saved("destinations", {**kept, "secret": env or made})
    if errors:
        return _editor(kept, errors)
    if made:
        return _editor(_kept(name), secret=made)
    flash("Messages are signed with the operator's secret from now on.", "success")
    return redirect(url_for(".show", name=name), 303)


@door.post("/<name>/ping")
@allowed("destinations.edit")
def trial(name: str) -> BaseResponse:
    destination = _found(name)
    with transaction() as write:
        made = ping(write, destination, site=console_site().slug, by=current_user().email, at=now())
        note(write, current_user().email, "destinations.ping", subject=name, at=now(), details={})
    return redirect(url_for(".show", name=name, ping=made) + "#trial", 303)


@door.get("/<name>/ping/<delivery_id>")
@allowed("destinations.see")
def arrival(name: str, delivery_id: str) -> Response:
    """What became of a test message; a fragment that is asked for again until it is settled."""
    return Response(render_template("destinations/_ping.html", ping=_ping(_found(name), delivery_id)))


@door.post("/<name>/pause")
@allowed("destinations.edit")
def pause(name: str) -> BaseResponse:
    destination = _found(name)
    with transaction() as write:
        claims.pause(write, destination.id, BY_HAND, now())
        note(write, current_user().email, "destinations.pause", subject=name, at=now(), details={})
    flash("On hold. Messages wait and nothing is lost.", "success")
    return redirect(url_for(".show", name=name), 303)


@door.post("/<name>/resumption")
@allowed("destinations.edit")
def resumption(name: str) -> BaseResponse:
    destination = _found(name)
    with transaction() as write:
        claims.resume(write, destination.id, at=now())
        note(write, current_user().email, "destinations.resume", subject=name, at=now(), details={})
    flash("The destination goes on; what waited is sent now.", "success")
    return redirect(url_for(".show", name=name), 303)


@door.post("/<name>/retirement")
@allowed("destinations.edit")
def retirement(name: str) -> BaseResponse:
    _found(name)
    retire(section_of("destinations"), name, site_id=console_site().id, actor=current_user().email)
    flash("Nothing new goes there.", "success")
    return redirect(url_for(".index"), 303)


def _posted(before: Mapping[str, Any]) -> dict[str, Any]:
    return value_of(DestinationShape, request.form, before=before, only=ASKED)


def _editor(
    item: Mapping[str, Any], errors: Errors | None = None, *, is_new: bool = False, secret: str = ""
) -> Response:
    name = str(item.get("name") or "")
    found = None if is_new else _found(name)
    asked = [one for one in ASKED if is_new or one != "name"]
    controls = controls_of(DestinationShape, item, errors=errors, only=asked)
    placed = {place: texts for place, texts in (errors or {}).items() if place not in {"_was", "secret"}}
    return screen(
        "destinations/edit.html",
        status=422 if errors else 200,
        name=name,
        controls_shown=controls,
        wrong=wrong(controls),
        more=unplaced(controls, placed),
        secret_error=" ".join(said(text) for text in (errors or {}).get("secret", ())),
        overtaken="_was" in (errors or {}),
        was=state(None if is_new else kept_item("destinations", name)),
        is_new=is_new,
        secret=secret,
        env="" if item.get("secret") in (None, "", STORED) else str(item["secret"]),
        health=_health(found) if found else None,
        paused_at=found.paused_at if found else None,
        pause_reason=(found.pause_reason if found else "") or "",
        ping=_ping(found, request.args["ping"]) if found and request.args.get("ping") else None,
        may_edit=g.permits("destinations.edit"),
    )


def _mine() -> list[Destination]:
    """Every destination of this door goes through this selection: this site, and the pipelines that one may see."""
    rows = select(Destination).where(
        Destination.site_id == console_site().id,
        Destination.retired_at.is_(None),
        Destination.pipeline.in_(pipelines_of(current_user().role)),
    )
    return list(db.session.execute(rows.order_by(Destination.name)).scalars())


def _found(name: str) -> Destination:
    found = next((one for one in _mine() if one.name == name), None)
    if found is None:
        raise NotFound("There is no such destination.")
    return found


def _kept(name: str) -> dict[str, Any]:
    return dict(kept_item("destinations", _found(name).name))


def _health(destination: Destination) -> dict[str, Any] | None:
    shown = destinations_shown(pipelines_of(current_user().role), now())
    return next((one for one in shown if one["id"] == destination.id), None)


def _row(destination: Destination, health: dict[str, Any]) -> dict[str, Any]:
    host = destination.url.split("://", 1)[-1].split("/", 1)[0]
    about = {"host": host, "events": destination.events, "when": in_words(destination.condition)}
    return {**health, **about, "href": url_for(".show", name=destination.name)}


def _ping(destination: Destination, delivery_id: str) -> dict[str, Any]:
    rows = select(Delivery).where(Delivery.id == delivery_id, Delivery.destination_id == destination.id)
    delivery = db.session.execute(rows).scalar()
    if delivery is None:
        raise NotFound("There is no such delivery.")
    tried = select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.at.desc()).limit(1)
    attempt = db.session.execute(tried).scalar()
    return {
        "state": delivery.state,
        "attempts": delivery.attempts,
        "why": why_in_words(attempt.outcome) if attempt and attempt.outcome != "delivered" else "",
        "status": attempt.status if attempt else None,
        "seconds": round(attempt.milliseconds / 1000, 1) if attempt else None,
        "is_settled": delivery.state != "waiting" or delivery.attempts > 0,
        "href": url_for("console.deliveries.show", delivery_id=delivery.id),
        "again": url_for(".arrival", name=destination.name, delivery_id=delivery.id),
        "is_paused": destination.paused_at is not None,
    }
