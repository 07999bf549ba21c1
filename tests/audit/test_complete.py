"""The list of screens is whole: whatever can be opened in the console is looked at."""

from __future__ import annotations

from flask import Flask

from capture.pages.block import blocks
from capture.team.routes import routes_of
from tests.audit.looks import of_every_block
from tests.audit.screens import CONSOLE, NO_SCREENS


def test_every_screen_of_the_console_is_looked_at(app: Flask) -> None:
    opened = {one.path.removeprefix("/console") for one in routes_of(app, "console") if "GET" in one.methods}
    seen = {screen.rule for screen in CONSOLE.values()}
    assert opened - seen - NO_SCREENS == set()
    assert NO_SCREENS & seen == set() and opened >= NO_SCREENS


def test_every_block_is_looked_at() -> None:
    assert {block["type"] for block in of_every_block("giay")["blocks"]} == set(blocks())
