"""Videos of our own: files that lie in the instance folder, under `videos/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

NAME = r"[a-z0-9][a-z0-9-]{0,62}"
MEDIA_TYPES = {".mp4": "video/mp4", ".webm": "video/webm"}


@dataclass(frozen=True)
class VideoNow:
    """The best file comes last: browsers that cannot play WebM take the other."""

    name: str
    files: tuple[tuple[str, str], ...]  # (address, media type)


def videos() -> Mapping[str, VideoNow]:
    """By name; a video may lie there as WebM and as MP4."""
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(_folder().glob("*.*"), reverse=True):
        if path.suffix in MEDIA_TYPES:
            found.setdefault(path.stem, []).append((f"/_video/{path.name}", MEDIA_TYPES[path.suffix]))
    return {name: VideoNow(name, tuple(files)) for name, files in found.items()}


def file_of(name: str) -> tuple[Path, str] | None:
    """The file and its media type; never anything outside the folder."""
    path = _folder() / name
    media_type = MEDIA_TYPES.get(path.suffix)
    inside = path.parent == _folder() and not name.startswith(".")
    return (path, media_type) if media_type and inside and path.is_file() else None


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].instance) / "videos"
