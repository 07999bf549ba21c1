"""The `pictures:` section: files that lie beside the site file, what they show, and where their focus is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from sqlalchemy import Connection, select, update

from capture.core.db import db
from capture.pictures import upload
from capture.pictures.imaging import ENDINGS, Made, cut_again, digest_of, made_of
from capture.pictures.models import Picture, PictureOriginal
from capture.pictures.upload import About
from capture.sites.section import LocaleText, Section, Slug, Strict, Work

LARGEST_BYTES = 24_000_000
PerCent = Annotated[int, Field(ge=0, le=100)]


class PictureShape(Strict):
    name: Slug
    file: str = Field(min_length=1, max_length=255)
    alt: LocaleText | None = Field(
        default=None,
        title="What it shows",
        description="For those who cannot see it. Leave it empty only if the picture says nothing.",
    )
    focal: list[PerCent] = Field(default=[50, 50], min_length=2, max_length=2)
    crop: Literal["1:1", "4:3", "3:4", "16:9"] | None = Field(
        default=None,
        title="Shape",
        json_schema_extra={
            "nothing": "As it is",
            "words": {"1:1": "Square", "4:3": "Wide, 4 to 3", "3:4": "High, 3 to 4", "16:9": "Very wide, 16 to 9"},
        },
    )

    @property
    def about(self) -> About:
        alt = (
            self.alt
            if self.alt is None or isinstance(self.alt, str)
            else {str(one): text for one, text in self.alt.items()}
        )
        return About(alt, (self.focal[0], self.focal[1]), self.crop)


def prepare(folder: Path | None, site_id: str | None, shapes: list[PictureShape]) -> dict[str, Made | str]:
    """Pictures are decoded and written anew before anybody waits for the database: what was made, or why not."""
    return {shape.name: made for shape in shapes if (made := _prepared(folder, site_id, shape)) is not None}


def apply(work: Work, shapes: list[PictureShape]) -> None:
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.name in seen:
            work.refuse(("pictures", index, "name"), f"two pictures are called {shape.name!r}")
        seen.add(shape.name)
        made = work.prepared.get("pictures", {}).get(shape.name)
        if isinstance(made, str):
            work.refuse(("pictures", index, "file"), made)
        else:
            _apply_one(work, index, shape, made)


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    rows = select(Picture.__table__).where(Picture.site_id == site_id, Picture.retired_at.is_(None))
    return [_exported(row) for row in read.execute(rows.order_by(Picture.id)).mappings()]


def files(read: Connection, site_id: str) -> Iterator[tuple[str, bytes]]:
    """What the section names, to be written beside the site file."""
    rows = select(Picture.__table__).where(Picture.site_id == site_id, Picture.retired_at.is_(None))
    for row in read.execute(rows.order_by(Picture.id)).mappings().all():
        body = select(PictureOriginal.body).where(PictureOriginal.picture_id == row["id"])
        yield _file_of(row), read.execute(body).scalar_one()


def retire(work: Work, name: str) -> bool:
    """No page shows it any more; its files stay for whoever has their addresses."""
    mine = (Picture.site_id == work.site_id, Picture.name == name, Picture.retired_at.is_(None))
    done = work.write.execute(update(Picture).where(*mine).values(retired_at=work.now)).rowcount
    if done:
        work.changed(f"picture {name}: retired")
    return bool(done)


def _prepared(folder: Path | None, site_id: str | None, shape: PictureShape) -> Made | str | None:
    known, path = _known(site_id, shape.name), _beside(folder, shape.file) if folder else None
    is_cut_anew = known is not None and _cut_of(known) != _cut_of(shape.about.columns)
    if path is None:
        return cut_again(_original(known["id"]), **_cut(shape)) if known and is_cut_anew else None
    if path.stat().st_size > LARGEST_BYTES:
        return f"a picture of at most {LARGEST_BYTES // 1_000_000} MB"
    data = path.read_bytes()
    if known and digest_of(data) in {known["digest"], known["source_digest"]}:
        return cut_again(_original(known["id"]), **_cut(shape)) if is_cut_anew else None
    try:
        return made_of(data, **_cut(shape))
    except ValueError as error:
        return str(error)


def _cut(shape: PictureShape) -> dict[str, Any]:
    return {"focal": shape.about.focal, "crop": shape.crop}


def _cut_of(row: Any) -> tuple[Any, ...]:
    """What decides the pixels: without a crop the focal point is only told to the page."""
    return (row["crop"], row["focal_x"], row["focal_y"]) if row["crop"] else (None,)


def _known(site_id: str | None, name: str) -> Any:
    rows = select(Picture.__table__).where(Picture.site_id == site_id, Picture.name == name)
    return db.session.execute(rows).mappings().first() if site_id else None


def _original(picture_id: str) -> bytes:
    rows = select(PictureOriginal.body).where(PictureOriginal.picture_id == picture_id)
    return bytes(db.session.execute(rows).scalar_one())


def _beside(folder: Path, name: str) -> Path | None:
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _apply_one(work: Work, index: int, shape: PictureShape, made: Made | None) -> None:
    rows = select(Picture.__table__).where(Picture.site_id == work.site_id, Picture.name == shape.name)
    found: Any = work.write.execute(rows).mappings().first()
    if found is None and made is None:
        work.refuse(("pictures", index, "file"), f"there is no file {shape.file[:80]!r} beside the site file")
    elif found is None:
        assert made is not None
        place = {"site_id": work.site_id, "name": shape.name, "file_name": shape.file}
        upload.add(work.write, made, **place, about=shape.about, by=work.actor, at=work.now)
        work.changed(f"picture {shape.name}: new")
    else:
        _change(work, shape, found, made)


def _change(work: Work, shape: PictureShape, found: Any, made: Made | None) -> None:
    new = {**shape.about.columns, "retired_at": None}
    is_other = made is not None and found["digest"] not in {made.digest, made.source_digest}
    if made is not None:
        (upload.replace if is_other else upload.cut)(work.write, found["id"], made)
    if is_other or any(found[name] != value for name, value in new.items()):
        upload.describe(work.write, found["id"], shape.about)
        work.changed(f"picture {shape.name}: changed")


def _exported(row: Any) -> dict[str, Any]:
    told = {"name": row["name"], "file": _file_of(row), "alt": row["alt"]}
    if (row["focal_x"], row["focal_y"]) != (50, 50):
        told["focal"] = [row["focal_x"], row["focal_y"]]
    told["crop"] = row["crop"]
    return {name: value for name, value in told.items() if value is not None}


def _file_of(row: Any) -> str:
    return f"pictures/{row['name']}.{ENDINGS[row['media_type']]}"


PICTURES = Section(
    name="pictures",
    shape=list[PictureShape],
    apply=apply,
    export=export,
    retire=retire,
    position=30,
    key="name",
    prepare=prepare,
    files=files,
    example={"name": "beans", "file": "beans.jpg", "alt": {"vi": "Hạt cà phê", "en": "Coffee beans"}, "crop": "4:3"},
)
