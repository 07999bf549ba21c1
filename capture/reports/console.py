"""The marketers' first screen: what needs a hand, whom to call, which source brings leads worth having."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, g, url_for

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.doors import Doors, Entry
from capture.core.speech import _
from capture.core.templates import zone
from capture.reports import today as day

door = Blueprint("home", __name__)


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("home", "Today", "sun", "console.home.today", "home.see", 100, on_phone=True))


@door.get("/")
@allowed("home.see")
def today() -> Response:
    pipelines = pipelines_of(current_user().role)
    context: dict[str, Any] = {
        "steps": [] if day.has_leads(pipelines) else _steps(),
        "today": day.counts(pipelines, now(), zone()),
        "days": day.DAYS,
        "hand": day.needs_a_hand(pipelines),
        "calls": day.call_order(pipelines),
        "chart": day.chart(pipelines, now(), zone()),
        "sources": day.sources(pipelines, now()),
    }
    return screen("console/home.html", **context)


def _steps() -> list[dict[str, object]]:
    """What is left to do before the first lead; rooms bring their steps, in any order, the first open one is marked."""
    doors: Doors = current_app.extensions["capture.doors"]
    mine = sorted((one for one in doors.steps if g.permits(one.permission)), key=lambda one: one.position)
    done = {one.key: one.is_done() for one in mine}
    current = next((one.key for one in mine if not done[one.key]), "")
    return [
        {
            "key": one.key,
            "done": done[one.key],
            "current": one.key == current,
            "href": url_for(one.endpoint),
            "title": _(one.title),
            "text": _(one.text),
            "action": _(one.action),
        }
        for one in mine
    ]
