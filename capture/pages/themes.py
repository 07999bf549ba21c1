"""What a marketer chooses of a theme, as values of its variables: one brand colour, and the rest is computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from capture.pages.palette import Palette, palette_of


@dataclass(frozen=True)
class Theme:
    """A finished look: its own brand colour, and whether its pages are dark.

    `body` and `head` are its fonts by file; `emphasis` is the one of a heading's second half, `weight` the heading's.
    """

    name: str
    label: str
    colour: str
    is_dark: bool
    body: str
    head: str
    emphasis: str
    weight: int


THEMES: Mapping[str, Theme] = {
    one.name: one
    for one in (
        Theme("giay", "Giấy", "#1f5a41", False, "geist", "newsreader", "newsreader-italic", 400),
        Theme("dem", "Đêm", "#ff8a2b", True, "geist", "archivo", "archivo", 850),
        Theme("cho", "Chợ", "#c9251f", False, "nunito", "bricolage", "bricolage", 780),
    )
}
RADII = {
    "sharp": {"button": "2px", "card": "2px", "field": "2px", "tick": "2px", "mark": "2px"},
    "soft": {"button": "10px", "card": "14px", "field": "10px", "tick": "6px", "mark": "8px"},
    "round": {"button": "99px", "card": "28px", "field": "14px", "tick": "8px", "mark": "50%"},
}
SCALES = {"compact": ".86", "large": "1.12"}
ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9' fill='none' stroke='{ink}'{more}>"
    "<path d='{path}'/></svg>"
)
# The head of the page stands on the same ground, from edge to edge.
HEAD = ".top:has(~main>.hero:first-child)"
FULL_WIDTH = "box-shadow:0 0 0 100vmax var(--bg);clip-path:inset(0 -100vmax)"
SAFE = " =:/'"
CHEVRON, TICK = "m1.5 3 3 3 3-3", "m1.5 4.7 2 2 4-4.2"


def values_of(theme: str, brand: Mapping[str, Any] | None) -> str:
    """CSS that sets the theme's variables; empty where nothing was chosen."""
    chosen, own = brand or {}, THEMES[theme]
    values: dict[str, str] = {}
    if chosen.get("colour"):
        values |= _coloured(chosen["colour"], own.is_dark)
    values |= {f"r-{part}": size for part, size in RADII.get(chosen.get("radius", ""), {}).items()}
    if scale := SCALES.get(chosen.get("scale", "")):
        values["scale"] = scale
    return f":root{{{_declared(values)}}}" if values else ""


def hero_of(theme: str, brand: Mapping[str, Any] | None, ground: str | None = None) -> str:
    """CSS for an opening that is darker or lighter than the rest of its page: `ground` is the block's own wish."""
    chosen, own = brand or {}, THEMES[theme]
    wanted = ground or chosen.get("hero")
    if wanted is None or (wanted == "dark") == own.is_dark:
        return ""
    values = _coloured(chosen.get("colour") or own.colour, wanted == "dark")
    look = f"color-scheme:{wanted};color:var(--text);background-color:var(--bg);{_declared(values)}"
    return f".hero,{HEAD}{{{look}}}{HEAD}{{{FULL_WIDTH}}}"


@lru_cache(maxsize=256)
def _palette(colour: str, dark: bool) -> Palette:
    return palette_of(colour, dark)


def _coloured(colour: str, dark: bool) -> dict[str, str]:
    values = dict(_palette(colour, dark).variables)
    chevron = _icon(values["strong"], CHEVRON)
    return {
        **values,
        "focus": values["link"],
        "chevron": chevron,
        "tick": _icon(values["on"], TICK, " stroke-width='1.3'"),
    }


def _icon(ink: str, path: str, more: str = "") -> str:
    drawn = ICON.format(ink=ink, path=path, more=more)
    return f'url("data:image/svg+xml,{quote(drawn, safe=SAFE)}")'


def _declared(values: Mapping[str, str]) -> str:
    return ";".join(f"--{name}:{value}" for name, value in values.items())
