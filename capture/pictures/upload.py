"""Keep a picture: its row, the whole of it, and its files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from capture.core.ids import new_id
from capture.pictures.imaging import Made
from capture.pictures.models import Picture, PictureFile, PictureOriginal
from capture.sites.section import RESERVED_SLUGS

LONGEST_NAME = 48


@dataclass(frozen=True)
class About:
    """What a marketer says of a picture."""

    alt: Mapping[str, str] | str | None = None
    focal: tuple[int, int] = (50, 50)
    crop: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        return {"alt": self.alt, "focal_x": self.focal[0], "focal_y": self.focal[1], "crop": self.crop}


def add(
    write: Connection, made: Made, *, site_id: str, name: str, file_name: str, about: About, by: str, at: datetime
) -> str:
    """A picture that was not there; returns its id."""
    picture_id = new_id()
    row = {"id": picture_id, "site_id": site_id, "name": name, "file_name": file_name[:255], **_measures(made)}
    write.execute(insert(Picture).values(**row, **about.columns, created_at=at, created_by=by))
    _write_files(write, picture_id, made)
    return picture_id


def replace(write: Connection, picture_id: str, made: Made) -> None:
    """Other content under the same name."""
    write.execute(update(Picture).where(Picture.id == picture_id).values(**_measures(made)))
    write.execute(delete(PictureOriginal).where(PictureOriginal.picture_id == picture_id))
    write.execute(delete(PictureFile).where(PictureFile.picture_id == picture_id))
    _write_files(write, picture_id, made)


def cut(write: Connection, picture_id: str, made: Made) -> None:
    """The same picture in another shape; what is kept of the whole stays."""
    shape = {"width": made.width, "height": made.height}
    write.execute(update(Picture).where(Picture.id == picture_id).values(**shape))
    write.execute(delete(PictureFile).where(PictureFile.picture_id == picture_id))
    _write_sizes(write, picture_id, made)


def describe(write: Connection, picture_id: str, about: About) -> None:
    """What is said of it; a picture that was retired is back."""
    write.execute(update(Picture).where(Picture.id == picture_id).values(**about.columns, retired_at=None))


def name_for(file_name: str, taken: Collection[str]) -> str:
    """A name of small letters, digits and dashes, that no other picture of the site has."""
    flat = unicodedata.normalize("NFD", file_name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0].lower())
    letters = "".join(one for one in flat.replace("đ", "d") if not unicodedata.combining(one))
    stem = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:LONGEST_NAME].strip("-") or "picture"
    names = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 3))
    return next(name for name in names if name not in taken and name not in RESERVED_SLUGS)


def names_taken(read: Connection, site_id: str) -> set[str]:
    """Also those of retired pictures: an old page may still ask for one."""
    return set(read.execute(select(Picture.name).where(Picture.site_id == site_id)).scalars())


def _measures(made: Made) -> dict[str, Any]:
    digests = {"digest": made.digest, "source_digest": made.source_digest, "media_type": made.media_type}
    return {**digests, "width": made.width, "height": made.height}


def _write_files(write: Connection, picture_id: str, made: Made) -> None:
    write.execute(insert(PictureOriginal).values(picture_id=picture_id, body=made.original))
    _write_sizes(write, picture_id, made)


def _write_sizes(write: Connection, picture_id: str, made: Made) -> None:
    rows = [
        {
            "picture_id": picture_id,
            "width": one.width,
            "media_type": one.media_type,
            "digest": one.digest,
            "body": one.body,
        }
        for one in made.files
    ]
    write.execute(insert(PictureFile), rows)
