"""Pictures of a site as pages need them: every size and format that a browser may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.pictures.imaging import ENCODERS, ENDINGS, SVG
from capture.pictures.models import Picture, PictureFile
from capture.pictures.public import picture_path
from capture.sites.revision import of_revision
from forms.texts import in_locale

FOCALS = ("top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right")
BEST_FIRST = tuple(ENCODERS)
PLAIN_WIDTH = 960


@dataclass(frozen=True)
class PictureNow:
    """One picture. `sources` are (media type, srcset), best first; `src` is for browsers that know none of them.

    `focal` is one of FOCALS: the part that stays in sight where the frame has another shape. `share` is the largest
    file that every program can read, for those who show a link to the page.
    """

    name: str
    alt: Any
    width: int
    height: int
    sources: tuple[tuple[str, str], ...]
    src: str
    focal: str = "center"
    share: str = ""
    share_size: tuple[int, int] = (0, 0)
    point: tuple[int, int] = (50, 50)

    def in_locale(self, locale: str) -> PictureNow:
        """With its text in one language."""
        return replace(self, alt=in_locale(self.alt, locale))


@of_revision
def pictures() -> Mapping[str, Mapping[str, PictureNow]]:
    """By site id and name; retired ones are not among them."""
    rows = select(Picture, PictureFile.width, PictureFile.media_type, PictureFile.digest)
    joined = rows.join(PictureFile, PictureFile.picture_id == Picture.id).where(Picture.retired_at.is_(None))
    files: dict[str, tuple[Picture, list[Any]]] = {}
    for picture, *file in db.session.execute(joined.order_by(Picture.id, PictureFile.width)).all():
        files.setdefault(picture.id, (picture, []))[1].append(file)
    found: dict[str, dict[str, PictureNow]] = {}
    for picture, mine in files.values():
        found.setdefault(picture.site_id, {})[picture.name] = _now(picture, mine)
    return found


def pictures_of(site_id: str) -> Mapping[str, PictureNow]:
    """By name."""
    return pictures().get(site_id, {})


def _now(picture: Picture, files: Iterable[Any]) -> PictureNow:
    by_type: dict[str, list[tuple[int, str]]] = {}
    for width, media_type, digest in files:
        address = picture_path(digest, f"{picture.name}-{width}.{ENDINGS[media_type]}")
        by_type.setdefault(media_type, []).append((width, address))
    kinds = [kind for kind in (*BEST_FIRST, SVG) if kind in by_type]
    plain = by_type[kinds[-1]]
    largest = plain[-1]
    return PictureNow(
        name=picture.name,
        alt=picture.alt or "",
        width=picture.width,
        height=picture.height,
        sources=tuple((kind, _srcset(by_type[kind])) for kind in kinds if kind != SVG),
        src=next((address for width, address in plain if width >= PLAIN_WIDTH), largest[1]),
        focal=focal_of(picture.focal_x, picture.focal_y),
        share="" if SVG in by_type else largest[1],
        share_size=(largest[0], round(picture.height * largest[0] / picture.width)),
        point=(picture.focal_x, picture.focal_y),
    )


def focal_of(across: int, down: int) -> str:
    """The ninth of the picture in which the point lies."""
    return FOCALS[min(down * 3 // 100, 2) * 3 + min(across * 3 // 100, 2)]


def _srcset(files: Iterable[tuple[int, str]]) -> str:
    return ", ".join(f"{address} {width}w" for width, address in files)
