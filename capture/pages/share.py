"""The picture of a shared link, drawn from the page's words in its own fonts and colours."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from capture.pages.themes import THEMES, Theme

WIDTH, HEIGHT, EDGE = 1200, 630, 76
SIZES = (104, 92, 80, 70, 60, 52, 46)
MOST_LINES, TEXT_HEIGHT = 4, 350
LINE = {"giay": 1.12, "dem": 1.2, "cho": 1.22}
TEXT_WIDTH = {"giay": 960, "dem": 810, "cho": 770}
COLOURS = 128
FINE = 2  # drawn larger and made small, so that edges are smooth


@dataclass(frozen=True)
class Card:
    """What stands on the picture."""

    theme: str
    colours: Mapping[str, str]
    title: str
    emphasis: str
    site: str
    letter: str
    fonts: Path


def drawn(card: Card) -> bytes:
    """The picture as PNG."""
    theme, colours = THEMES[card.theme], card.colours
    image = _ground(card.theme, colours)
    pen = ImageDraw.Draw(image)
    top = 76 if card.theme == "cho" else EDGE - 12
    _mark(pen, card, theme, top)
    runs = [(card.title, theme.head, colours["strong"]), (card.emphasis, theme.emphasis, colours["link"])]
    _words(pen, card, [run for run in runs if run[0]], theme)
    out = BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def icon(letter: str, fill: str, ink: str, fonts: Path, *, is_round: bool) -> bytes:
    """The letter of the site as the icon that old programs ask for by its address."""
    size = 48 * 4
    image = Image.new("RGBA", (size, size))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, size - 1, size - 1), size // 2 if is_round else size // 7, fill)
    pen.text((size / 2, size / 2), letter, fill=ink, font=_font(fonts / "geist.woff2", 120, 700), anchor="mm")
    out = BytesIO()
    image.resize((48, 48), Image.Resampling.LANCZOS).save(out, "ICO", sizes=[(48, 48), (32, 32), (16, 16)])
    return out.getvalue()


def _ground(theme: str, colours: Mapping[str, str]) -> Image.Image:
    """Each theme's own: a rising line on paper, a glow at night, an awning at the market."""
    big = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), colours["bg"])
    {"giay": _paper, "dem": _night, "cho": _market}[theme](big, colours)
    return big.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _paper(image: Image.Image, colours: Mapping[str, str]) -> None:
    pen = ImageDraw.Draw(image)
    curve = [(x, HEIGHT - 24 - 190 * (x / WIDTH) ** 5) for x in range(0, WIDTH + 1, 4)]
    area = [*curve, (WIDTH, HEIGHT), (0, HEIGHT)]
    pen.polygon([(x * FINE, y * FINE) for x, y in area], colours["tint"])
    pen.line([(x * FINE, y * FINE) for x, y in curve], colours["accent"], 4 * FINE, joint="curve")
    pen.rectangle((0, 0, 20 * FINE, HEIGHT * FINE), colours["accent"])


def _night(image: Image.Image, colours: Mapping[str, str]) -> None:
    """The blur is made on a small picture: it holds no detail."""
    glow = Image.new("RGB", (150, 79), colours["bg"])
    ImageDraw.Draw(glow).ellipse((100, 34, 188, 122), _mixed(colours["accent"], colours["bg"], 0.5))
    image.paste(glow.filter(ImageFilter.GaussianBlur(14)).resize(image.size, Image.Resampling.BICUBIC))
    pen = ImageDraw.Draw(image)
    for radius, fill in ((226, _mixed("#000000", colours["bg"], 0.5)), (184, colours["accent"])):
        box = (1150 - radius, 590 - radius, 1150 + radius, 590 + radius)
        pen.ellipse(tuple(side * FINE for side in box), fill)


def _market(image: Image.Image, colours: Mapping[str, str]) -> None:
    pen = ImageDraw.Draw(image)
    sun = colours.get("sun", colours["accent"])
    pen.ellipse(tuple(side * FINE for side in (860, 390, 1240, 770)), sun)
    for index, left in enumerate(range(0, WIDTH, 80)):
        fill = colours["accent"] if index % 2 == 0 else colours["card"]
        pen.rectangle((left * FINE, 0, (left + 80) * FINE - 1, 20 * FINE), fill)
        pen.pieslice(tuple(side * FINE for side in (left, -12, left + 80, 52)), 0, 180, fill)


def _mark(pen: ImageDraw.ImageDraw, card: Card, theme: Theme, top: int) -> None:
    """The letter on its tile and the name of the site, as in the head of the page."""
    box = (EDGE, top, EDGE + 52, top + 52)
    pen.rounded_rectangle(box, 26 if theme.name == "cho" else 8, card.colours["accent"])
    letter = _font(card.fonts / "geist.woff2", 30, 700)
    pen.text((EDGE + 26, top + 26), card.letter, card.colours["on"], letter, anchor="mm")
    name = _font(card.fonts / f"{theme.head}.woff2", 32, 600)
    pen.text((EDGE + 70, top + 26), _composed(card.site)[:48], card.colours["strong"], name, anchor="lm")


def _words(pen: ImageDraw.ImageDraw, card: Card, runs: Sequence[tuple[str, str, str]], theme: Theme) -> None:
    """The title as large as it fits, set from the bottom up; what is too long ends in an ellipsis."""
    for size in SIZES:
        fonts = {font: _font(card.fonts / f"{font}.woff2", size, theme.weight) for _, font, _ in runs}
        lines = _lines(runs, fonts, TEXT_WIDTH[theme.name])
        step = size * LINE[theme.name]
        if len(lines) <= MOST_LINES and len(lines) * step <= TEXT_HEIGHT:
            break
    lines = _shortened(lines)
    baseline = HEIGHT - EDGE - step * (len(lines) - 1)
    for line in lines:
        left = float(EDGE)
        for word, font, ink in line:
            pen.text((left, baseline), word, ink, fonts[font], anchor="ls")
            left += fonts[font].getlength(word + " ")
        baseline += step


Line = list[tuple[str, str, str]]


def _lines(runs: Sequence[tuple[str, str, str]], fonts: Mapping[str, ImageFont.FreeTypeFont], width: int) -> list[Line]:
    lines: list[Line] = [[]]
    left = 0.0
    for text, font, ink in runs:
        for word in _composed(text).split():
            wide = fonts[font].getlength(word + " ")
            if lines[-1] and left + wide > width:
                lines.append([])
                left = 0.0
            lines[-1].append((word, font, ink))
            left += wide
    return lines


def _shortened(lines: list[Line]) -> list[Line]:
    if len(lines) <= MOST_LINES:
        return lines
    word, font, ink = lines[MOST_LINES - 1][-1]
    return [*lines[: MOST_LINES - 1], [*lines[MOST_LINES - 1][:-1], (word + "…", font, ink)]]


@lru_cache(maxsize=64)
def _font(file: Path, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(BytesIO(file.read_bytes()), size)
    try:
        axes = font.get_variation_axes()
    except OSError:  # a font of one weight
        return font
    if axes:
        least, most = axes[0]["minimum"] or weight, axes[0]["maximum"] or weight
        font.set_variation_by_axes([min(max(weight, least), most)])
    return font


def _composed(text: str) -> str:
    """Letters with their marks as one character, as our fonts have them."""
    return unicodedata.normalize("NFC", text)


def _mixed(one: str, other: str, share: float) -> tuple[int, ...]:
    pairs = zip(_bytes(one), _bytes(other), strict=True)
    return tuple(round(first * share + second * (1 - share)) for first, second in pairs)


def _bytes(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))
