"""Static files: an address that changes with the content, and the bytes in the encodings that pay."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import lru_cache

import brotli
import rcssmin
import rjsmin

from capture.settings import ROOT

FOLDER = ROOT / "static"
TEXTS = {".css", ".js", ".svg", ".html", ".txt", ".xml", ".json"}
TYPES = {".woff2": "font/woff2", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
BROTLI_QUALITY = 9


@dataclass(frozen=True)
class Asset:
    """A file as it is sent; `digest` is of the content."""

    media_type: str
    digest: str
    bodies: dict[str, bytes]


def asset(path: str) -> str:
    """`pages/form.js` → `/static/pages/form.js?v=1a2b3c4d`."""
    found = file_of(path)
    return f"/static/{path}" + (f"?v={found.digest[:8]}" if found else "")


@lru_cache(maxsize=512)
def file_of(path: str) -> Asset | None:
    """A static file, or None; never anything outside the folder."""
    try:
        file = (FOLDER / path).resolve()
        if not file.is_relative_to(FOLDER) or not file.is_file():
            return None
    except (OSError, ValueError):  # a name that no file can have
        return None
    body = minified(file.suffix, file.read_bytes())
    media_type = TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    encoded = encodings(body) if file.suffix in TEXTS else {"": body}
    return Asset(media_type, hashlib.sha256(body).hexdigest(), encoded)


def minified(suffix: str, body: bytes) -> bytes:
    """Comments and indentation are for us, not for a slow line."""
    if suffix == ".css":
        return str(rcssmin.cssmin(body.decode())).encode()
    return str(rjsmin.jsmin(body.decode())).encode() if suffix == ".js" else body


def encodings(body: bytes) -> dict[str, bytes]:
    """The body plain (`""`), as gzip and as br."""
    return {"": body, "gzip": gzip.compress(body, 9, mtime=0), "br": brotli.compress(body, quality=BROTLI_QUALITY)}
