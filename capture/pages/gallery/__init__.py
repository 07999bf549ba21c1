"""Finished pages to begin with: one file each, with the form and the offer that belong to it, in both languages.

A preset is written as in the site file. `{brand}` and `{value}` in its texts are what the marketer types at the start,
`{in_7_days}` is the end of the day in a week. A block's `needs` are its fields that only the marketer knows, by the
name of what is asked: without an answer the block keeps its placeholder and is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Preset:
    """`asks` names what is typed beside the title: `file`, `value`, `limit`, `phone`, `address`.

    `form` and `offer` may be absent.
    """

    name: str
    label: Mapping[str, str]
    about: Mapping[str, str]
    theme: str
    asks: tuple[str, ...]
    page: Mapping[str, Any]
    form: Mapping[str, Any] | None
    offer: Mapping[str, Any] | None
    position: int

    def words(self, typed: Mapping[str, str], *, brand: str, zone: str, at: datetime) -> dict[str, str]:
        """What stands for each placeholder."""
        usual = str((self.offer or {}).get("coupon", {}).get("value", ""))
        ends = end_of_day(at, zone, days=7).isoformat().replace("+00:00", "Z")
        return {"brand": brand, "value": typed.get("value", "").strip() or usual, "in_7_days": ends}

    def sample(self, words: Mapping[str, str]) -> dict[str, Any]:
        """The page as it looks before anything was typed, with the blocks that wait for an answer."""
        made = worded(self.page, words)
        return {"slug": self.name, **made, "blocks": [without_needs(block) for block in made["blocks"]]}

    def page_of(self, typed: Mapping[str, str], words: Mapping[str, str]) -> dict[str, Any]:
        """The page with what was typed."""
        made: dict[str, Any] = worded(self.page, words)
        return {**made, "blocks": [answered(block, typed) for block in made["blocks"]]}


def answered(block: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """A block with the answers that it needs; hidden when there is none."""
    needs = block.get("needs") or {}
    given = {field: typed[asked] for field, asked in needs.items() if typed.get(asked)}
    return {**without_needs(block), **given, **({"hidden": True} if needs and not given else {})}


def without_needs(block: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "needs"}


def end_of_day(at: datetime, zone: str, *, days: int) -> datetime:
    """The last second of a day to come, as the site's clock has it, in UTC."""
    day = at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


def worded(value: Any, words: Mapping[str, str]) -> Any:
    """Every text with `{name}` replaced."""
    if isinstance(value, Mapping):
        return {name: worded(one, words) for name, one in value.items()}
    if isinstance(value, list):
        return [worded(one, words) for one in value]
    if isinstance(value, str):
        for name, word in words.items():
            value = value.replace(f"{{{name}}}", word)
    return value


@cache
def presets() -> Mapping[str, Preset]:
    """Every preset by name, in the order in which they are shown."""
    found = [_read(path) for path in FOLDER.glob("*.yaml")]
    return {one.name: one for one in sorted(found, key=lambda one: (one.position, one.name))}


def _read(path: Path) -> Preset:
    told: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text())
    return Preset(
        name=path.stem,
        label=told["label"],
        about=told["about"],
        theme=told["page"]["theme"],
        asks=tuple(told.get("asks") or ()),
        page=told["page"],
        form=told.get("form"),
        offer=told.get("offer"),
        position=told["position"],
    )
