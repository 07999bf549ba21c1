"""A whole palette from one brand colour, readable by rule: computed in OKLCH, told in the ratios of WCAG 2.

OKLCH is Björn Ottosson's (https://bottosson.github.io/posts/oklab/). A colour outside sRGB loses chroma, never its hue.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

TEXT, MUTED, BRAND_TEXT, LABEL, EDGE, FILL = 8.0, 4.6, 4.6, 4.5, 3.1, 3.0
STEP = 0.01
LABEL_LIGHTNESS = 0.17
FIT_ROUNDS = 9
NEAR_HUE, COLOURFUL = 30, 0.04
# Errors look the same on every page: text and its ground, on light and on dark.
BAD = {False: ("#b3122f", "#fdeeee"), True: ("#ff8f8f", "#35171a")}


class Colour(NamedTuple):
    """An sRGB colour in 8 bits."""

    red: int
    green: int
    blue: int

    @property
    def hex(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def luminance(self) -> float:
        return 0.2126 * _LINEAR[self.red] + 0.7152 * _LINEAR[self.green] + 0.0722 * _LINEAR[self.blue]


class Lch(NamedTuple):
    """Lightness 0 to 1, chroma, hue in degrees."""

    lightness: float
    chroma: float
    hue: float


@dataclass(frozen=True)
class Ground:
    """What differs between light and dark: lightness of the grounds, where text begins, and which way it moves."""

    bg: float
    card: float
    tint: float
    line: float
    strong: float
    text: float
    muted: float
    edge: float
    step: float


LIGHT = Ground(bg=0.985, card=1, tint=0.955, line=0.90, strong=0.22, text=0.40, muted=0.52, edge=0.62, step=-STEP)
DARK = Ground(bg=0.17, card=0.215, tint=0.20, line=0.32, strong=0.965, text=0.86, muted=0.68, edge=0.56, step=STEP)


@dataclass(frozen=True)
class Palette:
    """`variables` by their names in the style sheets; `notes` are English sentences to translate; `ratios` by what
    they are of: button, text, muted, link, edge."""

    variables: Mapping[str, str]
    notes: tuple[str, ...]
    ratios: Mapping[str, float]


NOTES = {
    "darker": "The button is a little darker than your colour, so that its words can be read.",
    "label": "The button keeps your colour; its words are dark, because white could not be read on it.",
    "rim": "Your colour is close to the page's, so the button has an edge that shows its shape.",
    "link": "Where your colour is text, it is stronger than on the button, so that it can be read.",
    "alarm": "Your colour is close to that of errors. They keep their sign and edge, so nobody mixes them up.",
}


def palette_of(colour: str, dark: bool) -> Palette:
    """The palette of a brand colour (`#rrggbb`) on a light or on a dark page."""
    brand, ground = colour_of(colour), DARK if dark else LIGHT
    own = lch_of(brand)
    found = _grounds(own, ground)
    under = (found["bg"], found["card"], found["tint"])
    found |= _words(own, ground, under) | _button(brand, own)
    has_rim = worst(found["accent"], under[:2]) < FILL
    found["rim"] = found["link"] if has_rim else found["accent"]
    variables = {name: one.hex for name, one in found.items()}
    variables["bad"], variables["bad-soft"] = BAD[dark]
    told = {
        "darker": found["accent"] != brand,
        "label": found["on"] != WHITE,
        "rim": has_rim,
        "link": found["link"] != brand,
        "alarm": own.chroma > COLOURFUL and _hues_apart(own.hue, lch_of(colour_of(BAD[dark][0])).hue) < NEAR_HUE,
    }
    notes = tuple(NOTES[name] for name, is_so in told.items() if is_so)
    ratios = {name: worst(found[name], under) for name in ("text", "muted", "link", "edge")}
    return Palette(variables, notes, {"button": ratio(found["on"], found["accent"]), **ratios})


def colour_of(text: str) -> Colour:
    return Colour(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def ratio(one: Colour, other: Colour) -> float:
    """WCAG 2.2, 1.4.3: from 1 to 21."""
    low, high = sorted((one.luminance, other.luminance))
    return (high + 0.05) / (low + 0.05)


def worst(colour: Colour, grounds: Iterable[Colour]) -> float:
    return min(ratio(colour, ground) for ground in grounds)


def lch_of(colour: Colour) -> Lch:
    red, green, blue = (_LINEAR[part] for part in colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return Lch(light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360)


def fitted(light: float, chroma: float, hue: float) -> Colour:
    """The sRGB colour with as much of the chroma as there is at this lightness and hue."""
    angle = math.radians(hue)
    a, b = math.cos(angle), math.sin(angle)
    found = _srgb(light, chroma * a, chroma * b)
    if found is not None:
        return found
    low, high = 0.0, chroma
    for _ in range(FIT_ROUNDS):
        middle = (low + high) / 2
        if (tried := _srgb(light, middle * a, middle * b)) is not None:
            low, found = middle, tried
        else:
            high = middle
    return found or _grey(light)


def _grounds(own: Lch, ground: Ground) -> dict[str, Colour]:
    """What lies under the words: nearly grey, with a breath of the brand's hue."""
    faint, hue = min(0.15 * own.chroma, 0.014), own.hue
    return {
        "bg": fitted(ground.bg, min(0.06 * own.chroma, 0.006), hue),
        "card": fitted(ground.card, faint, hue),
        "tint": fitted(ground.tint, min(0.22 * own.chroma, 0.022), hue),
        "line": fitted(ground.line, faint, hue),
    }


def _words(own: Lch, ground: Ground, under: tuple[Colour, ...]) -> dict[str, Colour]:
    """Each begins where it looks best and moves until it can be read."""
    quiet = min(0.12 * own.chroma, 0.014)
    return {
        "strong": fitted(ground.strong, quiet, own.hue),
        "text": _moved(Lch(ground.text, quiet, own.hue), ground.step, under, TEXT),
        "muted": _moved(Lch(ground.muted, quiet, own.hue), ground.step, under, MUTED),
        "edge": _moved(Lch(ground.edge, quiet, own.hue), ground.step, under, EDGE),
        "link": _moved(own, ground.step, under, BRAND_TEXT),
    }


def _button(brand: Colour, own: Lch) -> dict[str, Colour]:
    accent, label = _fill_and_label(brand, own)
    return {"accent": accent, "on": label, "deep": _hovered(accent, label), "shade": _shaded(accent)}


def _fill_and_label(brand: Colour, own: Lch) -> tuple[Colour, Colour]:
    """The brand itself wherever white or a near-black of its hue can be read on it."""
    if ratio(WHITE, brand) >= LABEL:
        return brand, WHITE
    dark = fitted(LABEL_LIGHTNESS, min(own.chroma, 0.05), own.hue)
    if ratio(dark, brand) >= LABEL:
        return brand, dark
    return _moved(own, -STEP, (WHITE,), LABEL), WHITE


def _moved(start: Lch, step: float, grounds: tuple[Colour, ...], bar: float) -> Colour:
    """From this colour lighter or darker, until it can be read on all of the grounds."""
    light = start.lightness
    found = fitted(light, start.chroma, start.hue)
    while worst(found, grounds) < bar and 0 <= light + step <= 1:
        light += step
        found = fitted(light, start.chroma, start.hue)
    return found


def _hovered(accent: Colour, label: Colour) -> Colour:
    """A step away from the label, so that the words stay readable; at either end of the scale a step back."""
    light, chroma, hue = lch_of(accent)
    step = -0.05 if label == WHITE else 0.05
    for change in (step, -step):
        tried = fitted(light + change, chroma, hue)
        if 0.1 < light + change < 0.97 and ratio(tried, label) >= LABEL:
            return tried
    return accent


def _shaded(accent: Colour) -> Colour:
    light, chroma, hue = lch_of(accent)
    return fitted(light * 0.72, chroma * 0.9, hue)


def _hues_apart(one: float, other: float) -> float:
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)


def _srgb(light: float, a: float, b: float) -> Colour | None:
    """The colour, or None where sRGB has none; half a step of 8 bits beyond the edge counts as on it."""
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    if min(red, green, blue) < -0.0002 or max(red, green, blue) > 1.0045:
        return None
    return Colour(_byte(red), _byte(green), _byte(blue))


def _byte(linear: float) -> int:
    value = 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
    return min(max(round(value * 255), 0), 255)


def _grey(light: float) -> Colour:
    part = _byte(light**3)
    return Colour(part, part, part)


def _linear(part: int) -> float:
    value = part / 255
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


_LINEAR = tuple(_linear(part) for part in range(256))
WHITE = Colour(255, 255, 255)
