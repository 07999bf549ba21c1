"""The machines' door of pictures: bring one, list them. Everything else is a part of the site."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from capture.accounts.guards import scoped
from capture.api.answers import answer
from capture.core.errors import Invalid, Unreadable
from capture.pictures.bring import bring
from capture.pictures.queries import Shown, shown
from capture.sites.here import site_here

ACTOR = "api"

door = Blueprint("pictures", __name__)


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.get("/pictures")
@scoped("config:read")
def index() -> Response:
    return answer({"pictures": [_plain(one) for one in shown(site_here().id)]})


@door.post("/pictures")
@scoped("config:write")
def upload() -> Response:
    """The picture as the body (`?name=` for its name), or as files of a form."""
    files = [(file.filename or "picture", file.read()) for file in request.files.values()]
    if not files:
        files = [(f"{request.args.get('name', 'picture')}.x", request.get_data(cache=False))]
    if not any(data for _, data in files):
        raise Unreadable("Send the picture as the body, or as a file of a form.")
    brought = bring(files, site_id=site_here().id, actor=ACTOR)
    if brought.refused:
        raise Invalid("Some files are no pictures.", errors={name: [why] for name, why in brought.refused.items()})
    found = {one.row.name: one for one in shown(site_here().id)}
    return answer({"pictures": [_plain(found[name]) for name in brought.names]}, 201)


def _plain(one: Shown) -> dict[str, Any]:
    row = one.row
    return {
        "name": row.name,
        "width": row.width,
        "height": row.height,
        "alt": row.alt,
        "focal": [row.focal_x, row.focal_y],
        "crop": row.crop,
        "url": one.thumbnail,
        "bytes": one.bytes,
        "created_at": row.created_at,
    }
