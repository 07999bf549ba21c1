"""Pictures as the console and the API show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from capture.core.db import db
from capture.pictures.imaging import ENDINGS, SVG
from capture.pictures.models import Picture, PictureFile, PictureOriginal
from capture.pictures.public import picture_path

THUMBNAIL_TYPES = ("image/webp", SVG)


@dataclass(frozen=True)
class Shown:
    """A picture with the address of a small file of it and the bytes of all."""

    row: Picture
    thumbnail: str
    bytes: int

    @property
    def has_words(self) -> bool:
        return bool(self.row.alt)


def shown(site_id: str) -> list[Shown]:
    """Those that are not retired, newest first."""
    sizes = select(PictureFile.picture_id, func.sum(func.length(PictureFile.body)).label("bytes"))
    summed = sizes.group_by(PictureFile.picture_id).subquery()
    mine = select(Picture, summed.c.bytes).join(summed, summed.c.picture_id == Picture.id)
    rows = mine.where(Picture.site_id == site_id, Picture.retired_at.is_(None))
    found = db.session.execute(rows.order_by(Picture.id.desc())).all()
    small = _thumbnails([picture.id for picture, _ in found])
    return [Shown(picture, small.get(picture.id, ""), int(size)) for picture, size in found]


def whole_of(site_id: str, digest: str) -> tuple[str, bytes] | None:
    """The picture before any cut: its media type and content."""
    rows = select(Picture.media_type, PictureOriginal.body).join(
        PictureOriginal, PictureOriginal.picture_id == Picture.id
    )
    found = db.session.execute(rows.where(Picture.site_id == site_id, Picture.digest == digest).limit(1)).first()
    return (found.media_type, found.body) if found else None


def _thumbnails(ids: list[str]) -> dict[str, str]:
    rows: Any = select(PictureFile.picture_id, PictureFile.width, PictureFile.media_type, PictureFile.digest)
    mine = rows.where(PictureFile.picture_id.in_(ids), PictureFile.media_type.in_(THUMBNAIL_TYPES))
    found: dict[str, str] = {}
    for picture_id, width, media_type, digest in db.session.execute(mine.order_by(PictureFile.width)).all():
        found.setdefault(picture_id, picture_path(digest, f"{width}.{ENDINGS[media_type]}"))
    return found
