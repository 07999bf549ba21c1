"""The marketers' door of pictures: bring them, say what they show and where to look, take them away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.console.shapes import controls_of, value_of
from capture.console.shell import screen
from capture.core.db import db
from capture.core.doors import Action, Doors, Entry
from capture.core.errors import Invalid, NotFound
from capture.core.speech import _
from capture.pictures.bring import bring
from capture.pictures.public import picture_headers
from capture.pictures.queries import Shown, shown, whole_of
from capture.pictures.sitefile import PICTURES, PictureShape
from capture.sites import change
from capture.sites.here import console_site
from capture.sites.queries import sites

MOST_FILES = 20
FIELDS = ("alt", "crop")
WORDS = {
    "none": "Choose one picture or several first.",
    "refused": "These files cannot be used. Pictures are JPEG, PNG, WebP, AVIF, GIF or SVG.",
}

door = Blueprint("pictures", __name__, url_prefix="/pictures")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("pictures", "Pictures", "photo", "console.pictures.index", "pictures.edit", 145))
    doors.action(
        Action("Bring a picture", "photo-plus", "console.pictures.index", "pictures.edit", "upload image logo")
    )


def choices() -> list[dict[str, str]]:
    """What a control for a picture offers."""
    found = shown(console_site().id) if sites() else []
    return [{"key": one.row.name, "label": one.row.name, "src": one.thumbnail} for one in found]


@door.get("")
@allowed("pictures.edit")
def index() -> Response:
    return _list()


@door.post("")
@allowed("pictures.edit")
def upload() -> BaseResponse:
    files = [(one.filename or "picture", one.read()) for one in request.files.getlist("files")[:MOST_FILES]]
    brought = bring([one for one in files if one[1]], site_id=console_site().id, actor=current_user().email)
    if brought.refused or not brought.names:
        why = _(WORDS["none"]) if not files else _(WORDS["refused"])
        return _list(status=422, refused=list(brought.refused), why=why)
    if len(brought.names) == 1:
        flash("The picture is here. Say what it shows, and where to look.", "success")
        return redirect(url_for(".show", picture_id=shown(console_site().id)[0].row.id), 303)
    flash("The pictures are here. Say of each what it shows.", "success")
    return redirect(url_for(".index"), 303)


@door.get("/<picture_id>")
@allowed("pictures.edit")
def show(picture_id: str) -> Response:
    return _one(_found(picture_id))


@door.post("/<picture_id>")
@allowed("pictures.edit")
def picture(picture_id: str) -> BaseResponse:
    found, site = _found(picture_id), console_site()
    before = change.item_of(db.session.connection(), PICTURES, site.id, found.row.name) or {}
    item = {**value_of(PictureShape, request.form, before=before), "focal": _focal(before)}
    try:
        change.put(PICTURES, item, site_id=site.id, actor=current_user().email)
    except Invalid as refusal:
        return _one(found, item, refusal.errors, status=422)
    flash("Saved. Every page that shows the picture has it so now.", "success")
    return redirect(url_for(".show", picture_id=picture_id), 303)


@door.post("/<picture_id>/retirement")
@allowed("pictures.edit")
def retirement(picture_id: str) -> BaseResponse:
    name = _found(picture_id).row.name
    change.retire(PICTURES, name, site_id=console_site().id, actor=current_user().email)
    flash("The picture is taken away. Pages that named it leave it out.", "success")
    return redirect(url_for(".index"), 303)


@door.get("/whole/<digest>")
@allowed("pictures.edit")
def whole(digest: str) -> Response:
    """The picture before any cut, to choose the focus in."""
    found = whole_of(console_site().id, digest)
    if found is None:
        raise NotFound("There is no such picture.")
    return Response(found[1], headers=picture_headers(found[0]))


def _list(status: int = 200, **more: Any) -> Response:
    found = [{**_card(one), "uses": _uses(one)} for one in shown(console_site().id)] if sites() else []
    return screen("pictures/list.html", status=status, pictures=found, silent=_silent(found), **more)


def _silent(found: list[dict[str, Any]]) -> int:
    """How many pictures say nothing to who cannot see them."""
    return sum(not one["alt"] for one in found)


def _found(picture_id: str) -> Shown:
    found = next((one for one in shown(console_site().id) if one.row.id == picture_id), None)
    if found is None:
        raise NotFound("There is no such picture.")
    return found


def _one(found: Shown, item: Any = None, errors: Any = None, status: int = 200) -> Response:
    row = found.row
    value = item or {"alt": row.alt, "crop": row.crop, "focal": [row.focal_x, row.focal_y]}
    more = {"focal": value["focal"], "whole": url_for(".whole", digest=row.digest)}
    return screen(
        "pictures/picture.html",
        status=status,
        picture={**_card(found), **more, "away": url_for(".retirement", picture_id=row.id)},
        controls=controls_of(PictureShape, value, errors=errors, only=FIELDS),
        uses=_uses(found),
    )


def _card(one: Shown) -> dict[str, Any]:
    row = one.row
    return {
        "name": row.name,
        "href": url_for(".show", picture_id=row.id),
        "src": one.thumbnail,
        "alt": row.alt,
        "width": row.width,
        "height": row.height,
        "kilobytes": max(1, round(one.bytes / 1000)),
        "created_at": row.created_at,
        "created_by": row.created_by,
    }


def _focal(before: Any) -> list[int]:
    """The point that was chosen; nonsense leaves it where it was."""
    found = [request.form.get(name, "") for name in ("focal_x", "focal_y")]
    if all(one.isascii() and one.isdigit() for one in found):
        return [min(int(one), 100) for one in found]
    return list(before.get("focal", [50, 50]))


def _uses(one: Shown) -> list[dict[str, Any]]:
    """Where it stands; the room of pages says so."""
    doors: Doors = current_app.extensions["capture.doors"]
    panel = next((panel for panel in doors.panels if panel.name == "picture-uses"), None)
    return list(panel.load(one.row.id)["uses"]) if panel else []
