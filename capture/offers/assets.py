"""Files of offers: taken from beside the site file, kept under their digest, never inside a served folder."""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert, select

from capture.core.errors import Invalid
from capture.core.ids import new_id
from capture.offers.models import Asset, Offer
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
        if found := _kept_as(work, name) or _known(work, name):
            return found
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


def keep_upload(write: Connection, instance: Path, name: str, data: bytes, *, at: datetime) -> str:
    """Keep what somebody uploaded; returns the name under which offers find it. Raises Invalid."""
    suffix = Path(name).suffix.lower()
    first = FIRST_BYTES.get(suffix)
    if first is None or not data.startswith(first):
        raise Invalid("This is no PDF, EPUB or ZIP file.")
    digest = hashlib.sha256(data).hexdigest()
    known = write.execute(select(Asset.name).where(Asset.digest == digest)).scalar()
    _write_once(kept_path(instance, digest), data)
    if known:
        return str(known)
    safe = _safe_name(name, suffix)
    if write.execute(select(Asset.id).where(Asset.name == safe)).scalar():
        safe = f"{safe.removesuffix(suffix)}-{digest[:6]}{suffix}"
    row = {"id": new_id(), "digest": digest, "name": safe, "media_type": MEDIA_TYPES[suffix], "size": len(data)}
    write.execute(insert(Asset).values(**row, created_at=at))
    return safe


def _safe_name(name: str, suffix: str) -> str:
    """Letters, digits and hyphens of what the file was called: a download's name is made by us."""
    plain = unicodedata.normalize("NFD", Path(name).stem.lower().replace("đ", "d"))
    bare = "".join(one for one in plain if not unicodedata.combining(one))
    return (re.sub(r"[^a-z0-9]+", "-", bare).strip("-")[:80] or "file") + suffix


def _kept_as(work: Work, name: str) -> str | None:
    """The file that an offer of this site names so already: the same bytes may be known under another name."""
    rows = select(Offer.asset_id, Offer.settings).where(Offer.site_id == work.site_id, Offer.asset_id.is_not(None))
    return next((str(row.asset_id) for row in work.write.execute(rows) if row.settings.get("asset") == name), None)


def _known(work: Work, name: str) -> str | None:
    known = select(Asset.id).where(Asset.name == name.rsplit("/", 1)[-1]).order_by(Asset.id.desc()).limit(1)
    found = work.write.execute(known).scalar()
    return str(found) if found else None


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
