"""Icons and drawings: every one that is asked for is there, once, and its path can be read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from capture.formbuilder.presets import PRESETS
from capture.formbuilder.words import WORDS as FIELDS
from capture.offers.console import WORDS as OFFERS
from capture.pages.arts import ARTS, FOLDER
from capture.pages.block import blocks

ROOT = Path(__file__).resolve().parents[2]
SPRITE = (ROOT / "static" / "console" / "icons.svg").read_text()
IDS = Counter(re.findall(r'<symbol id="([^"]+)"', SPRITE))
CALL = re.compile(r"\bicon\(([^)]*)\)")
OTHER_WORDS = re.compile(r'[!=]= "[^"]*"|"[^"]*"(?=:)')  # what is compared, what is looked up
NAME = re.compile(r'"([a-z][a-z0-9-]+)"')
# How many numbers each command of a path takes.
NUMBERS = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}
NUMBER = re.compile(r"[\s,]*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)", re.IGNORECASE)
FLAG = re.compile(r"[\s,]*([01])")


def test_no_icon_is_in_the_sprite_twice() -> None:
    assert [name for name, times in IDS.items() if times > 1] == []


def test_every_icon_that_is_asked_for_is_in_the_sprite(app: Flask) -> None:
    doors = app.extensions["capture.doors"]
    shown = {one.icon for one in [*doors.entries, *doors.actions, *doors.finders]}
    shown |= {block.icon for block in blocks().values()} | {preset.icon for preset in PRESETS}
    shown |= {icon for _label, _about, icon in [*FIELDS.values(), *OFFERS.values()]}
    assert (shown | set(_in_templates())) - set(IDS) == set()


def _in_templates() -> Iterator[str]:
    """Names that templates write; those that they compare something with are none."""
    for path in (ROOT / "templates").rglob("*.html"):
        for call in CALL.findall(path.read_text()):
            yield from NAME.findall(OTHER_WORDS.sub("", call))


@pytest.mark.parametrize("drawing", [*ARTS, "icons"])
def test_every_path_of_a_drawing_can_be_read(drawing: str) -> None:
    text = SPRITE if drawing == "icons" else (FOLDER / f"{drawing}.svg").read_text()
    paths = re.findall(r'\bd="([^"{]+)"', text)
    assert paths
    assert [path for path in paths if not is_sound(path)] == []


def is_sound(path: str) -> bool:
    """Whether it begins with a move and every command has its numbers."""
    parts = re.split(r"([MmLlHhVvCcSsQqTtAaZz])", path)
    commands = list(zip(parts[1::2], parts[2::2], strict=True))
    begins = not parts[0].strip() and bool(commands) and commands[0][0] in "Mm"
    return begins and all(_has_its_numbers(command.lower(), given) for command, given in commands)


def _has_its_numbers(command: str, given: str) -> bool:
    count, at = 0, 0
    needs = NUMBERS[command]
    while given[at:].strip(" ,\n"):
        is_flag = command == "a" and count % 7 in {3, 4}
        found = (FLAG if is_flag else NUMBER).match(given, at)
        if found is None:
            return False
        count, at = count + 1, found.end()
    return count == 0 if needs == 0 else count > 0 and count % needs == 0
