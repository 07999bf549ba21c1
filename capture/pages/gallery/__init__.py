"""Finished pages to begin with: one file each, with the form and the offer that belong to it, in both languages.

A preset is written as in the site file. `{brand}` and `{value}` in its texts are what the marketer types at the start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Preset:
    """`asks` names what is typed beside the title: `file`, `value`, `limit`. `form` and `offer` may be absent."""

    name: str
    label: Mapping[str, str]
    about: Mapping[str, str]
    theme: str
    asks: tuple[str, ...]
    page: Mapping[str, Any]
    form: Mapping[str, Any] | None
    offer: Mapping[str, Any] | None
    position: int

    def sample(self, brand: str) -> dict[str, Any]:
        """The page with a brand in its texts, as it looks before anything was typed."""
        made = worded(self.page, {"brand": brand, "value": str((self.offer or {}).get("coupon", {}).get("value", ""))})
        return {"slug": self.name, **made}


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
