"""The machines' door of pictures: bring one, list them. Everything else is a part of the site."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field

from capture.accounts.guards import current_token, scoped
from capture.api.answers import answer
from capture.api.bodies import query_of
from capture.api.described import Told, described
from capture.core.errors import Invalid
from capture.pictures.bring import bring
from capture.pictures.queries import Shown, shown
from capture.sites.here import site_here

door = Blueprint("uploads", __name__)


class PictureTold(BaseModel):
    name: str
    width: int
    height: int
    alt: str | dict[str, str] | None
    focal: list[int]
    crop: str | None
    url: str
    bytes: int
    created_at: datetime


class PicturesTold(BaseModel):
    pictures: list[PictureTold]


class PictureName(BaseModel):
    name: str = Field(default="picture", max_length=255, description="What the picture is called.")


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.get("/pictures")
@scoped("config:read")
@described(Told("List the pictures of the site at this host", answers={200: PicturesTold}))
def index() -> Response:
    return answer({"pictures": [_plain(one) for one in shown(site_here().id)]})


@door.post("/pictures")
@scoped("config:write")
@described(
    Told(
        "Bring a picture to the site at this host",
        body=bytes,
        media="application/octet-stream",
        query=PictureName,
        answers={201: PicturesTold},
    )
)
def upload() -> Response:
    """The picture as the body (`?name=` for its name), or as files of a form."""
    files = [(file.filename or "picture", file.read()) for file in request.files.values()]
    if not files:
        files = [(f"{query_of(PictureName).name}.x", request.get_data(cache=False))]
    if not any(data for _, data in files):
        raise Invalid("Send the picture as the body, or as a file of a form.")
    brought = bring(files, site_id=site_here().id, actor=current_token().actor)
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
