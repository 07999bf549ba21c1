"""The marketers' first screen: what needs a hand, whom to call, which source brings leads worth having."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

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
    doors.entry(Entry("home", "Today", "sun", "console.home.today", "home.see", 100))


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
    """What is left to do before the first lead."""
    has_page, has_destination = day.has_page(), day.has_destination()
    steps = [
        ("page", has_page, _("Publish a page"), _("Write it as a site file and apply it."), "capture apply site.yaml"),
        (
            "destination",
            has_destination,
            _("Name a destination"),
            _("Where each lead is sent: your CRM's address."),
            "destinations:",
        ),
        ("test", False, _("Send yourself a lead"), _("Open your page and fill in the form."), ""),
    ]
    current = next((key for key, done, *_rest in steps if not done), "")
    return [
        {
            "key": key,
            "done": done,
            "current": key == current,
            "href": _href(key, has_page),
            "title": title,
            "text": text,
            "action": action,
        }
        for key, done, title, text, action in steps
    ]


def _href(key: str, has_page: bool) -> str:
    if key == "test" and has_page:
        return "/"
    return url_for("console.deliveries.index") if key == "destination" else ""
