"""The rooms, in the order of the walk; the one place that knows them all."""

from __future__ import annotations

import importlib

from capture.core.doors import Doors

ROOMS = (
    "mailing",
    "accounts",
    "team",
    "sites",
    "delivery",
    "privacy",
    "attribution",
    "formbuilder",
    "tracking",
    "leads",
    "scoring",
    "offers",
    "pictures",
    "pages",
    "submissions",
    "reports",
    "demo",
)
WITHOUT_TABLES = frozenset({"team", "attribution", "reports", "demo"})


def load_models() -> None:
    """Make every table known to the metadata."""
    importlib.import_module("capture.api.models")
    for room in ROOMS:
        if room not in WITHOUT_TABLES:
            importlib.import_module(f"capture.{room}.models")


def install(doors: Doors) -> None:
    """Let every room introduce itself."""
    load_models()
    for room in ROOMS:
        importlib.import_module(f"capture.{room}").install(doors)
