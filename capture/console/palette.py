"""The command palette: pages of the console, actions, and whatever rooms can find by a few letters, marks or not."""

from __future__ import annotations

import unicodedata

from flask import Blueprint, Response, current_app, g, jsonify, request, url_for

from capture.core.doors import Doors
from capture.core.speech import _

MOST = 8
LONGEST = 100

door = Blueprint("palette", __name__)


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)


@door.get("/palette")
def find() -> Response:
    """Rows of `{kind, label, about, icon, href}`: first what can be opened or done, then what rooms found."""
    text = request.args.get("q", "").strip()[:LONGEST]
    rows = [row for row in _commands() if matches(text, row["label"], row.pop("words"))]
    if text:
        doors: Doors = current_app.extensions["capture.doors"]
        for finder in doors.finders:
            if g.permits(finder.permission):
                rows += [{"kind": _(finder.label), "icon": finder.icon, **one} for one in finder.find(text)[:MOST]]
    return jsonify(rows[:40])


def matches(text: str, *labels: str) -> bool:
    """Whether every word typed begins a word of the label, without regard to case and marks."""
    words = [word for label in labels for word in folded(label).split()]
    return all(any(word.startswith(one) for word in words) for one in folded(text).split())


def folded(text: str) -> str:
    """`Trần Thị Minh Hà` → `tran thi minh ha`."""
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()


def _commands() -> list[dict[str, str]]:
    doors: Doors = current_app.extensions["capture.doors"]
    entries = [(one.label, one.icon, one.endpoint, one.permission, "", _("Go to")) for one in doors.entries]
    actions = [(one.label, one.icon, one.endpoint, one.permission, one.keywords, _("Do")) for one in doors.actions]
    return [
        {
            "kind": kind,
            "label": _(label),
            "about": "",
            "icon": icon,
            "href": url_for(endpoint),
            "words": f"{label} {words}",
        }
        for label, icon, endpoint, permission, words, kind in actions + entries
        if g.permits(permission)
    ]
