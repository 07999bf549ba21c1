"""The visitors' door of pictures: files under addresses that change with them."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy import select

from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.shelf import picture_item, shelved
from capture.pictures.imaging import SVG
from capture.pictures.models import PictureFile

CACHE = "public, max-age=31536000, immutable"
# A drawing that somebody opens by its address acts as little as one in a page.
SVG_POLICY = "default-src 'none'; style-src 'none'; sandbox"

door = Blueprint("pictures", __name__)


def install(public: Blueprint) -> None:
    public.register_blueprint(door)


def picture_path(digest: str, name: str) -> str:
    return f"/static/pictures/{digest}/{name}"


def picture_headers(media_type: str) -> list[tuple[str, str]]:
    headers = [("Content-Type", media_type), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", CACHE)]
    return [*headers, ("Content-Security-Policy", SVG_POLICY)] if media_type == SVG else headers


@door.get("/static/pictures/<digest>/<name>")
def picture(digest: str, name: str) -> Response:
    """The name is for people who save it; the digest says which file it is."""
    rows = select(PictureFile.media_type, PictureFile.body).where(PictureFile.digest == digest).limit(1)
    found = db.session.execute(rows).first()
    if found is None:
        raise NotFound
    return shelved(picture_item(picture_headers(found.media_type), found.body))
