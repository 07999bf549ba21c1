"""Files of offers: taken from beside the site file, kept under their digest, never inside a served folder."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from sqlalchemy import insert, select

from capture.core.ids import new_id
from capture.offers.models import Asset
from capture.sites.section import Work

LARGEST_BYTES = 200_000_000
MEDIA_TYPES = {".pdf": "application/pdf", ".epub": "application/epub+zip", ".zip": "application/zip"}
FIRST_BYTES = {".pdf": b"%PDF-", ".epub": b"PK\x03\x04", ".zip": b"PK\x03\x04"}


def kept_path(instance: Path, digest: str) -> Path:
    return instance / "files" / digest[:2] / digest


def keep_file(work: Work, where: tuple[str | int, ...], name: str) -> str | None:
    """The id of the asset; a problem is noted and None returned when there is no such file.

    A file that is not beside the site file may be here already, from an earlier one or as somebody's upload.
    """
    path = _beside(work.folder, name) if work.folder else None
    if path is None:
        known = select(Asset.id).where(Asset.name == name.rsplit("/", 1)[-1]).order_by(Asset.id.desc()).limit(1)
        if found := work.write.execute(known).scalar():
            return str(found)
        work.refuse(where, f"there is no file {name[:80]!r} beside the site file")
        return None
    data = path.read_bytes() if path.stat().st_size <= LARGEST_BYTES else b""
    return keep_data(work, where, path.name, data)


def keep_data(work: Work, where: tuple[str | int, ...], name: str, data: bytes) -> str | None:
    """The same for a file that somebody sent; what it is is looked at, not believed."""
    path = Path(name.replace("\\", "/")).name[-255:]
    first = FIRST_BYTES.get(Path(path).suffix.lower())
    if first is None or not data.startswith(first):
        work.refuse(where, f"a file of at most {LARGEST_BYTES // 1_000_000} MB; allowed are {', '.join(MEDIA_TYPES)}")
        return None
    return _stored(work, Path(path), data)


def _beside(folder: Path, name: str) -> Path | None:
    try:
        path = (folder / name).resolve()
        return path if path.is_relative_to(folder) and path.is_file() else None
    except (OSError, ValueError):  # a name that no file can have
        return None


def _stored(work: Work, path: Path, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    found = work.write.execute(select(Asset.id).where(Asset.digest == digest)).scalar()
    _write_once(kept_path(work.instance, digest), data)
    if found:
        return str(found)
    asset_id = new_id()
    kind = MEDIA_TYPES[path.suffix.lower()]
    row = {"id": asset_id, "digest": digest, "name": path.name, "media_type": kind, "size": len(data)}
    work.write.execute(insert(Asset).values(**row, created_at=work.now))
    return asset_id


def _write_once(target: Path, data: bytes) -> None:
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(target)
