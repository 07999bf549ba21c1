"""Where the migrations are, and the name of the newest."""

from __future__ import annotations

from capture.settings import ROOT

FOLDER = ROOT / "migrations"


def newest() -> str:
    """The name of the last revision: files are numbered in order."""
    return sorted(path.stem.split("_", 1)[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))[-1]
