"""Pictures of every screen: one sheet each, in both widths, languages and schemes, for docs/pictures."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.journeys.house import ROOT

SHOTS = ROOT / "instance" / "audit"
SHEETS = ROOT / "docs" / "pictures" / "screens"
HIGHEST, SCALE, GAP, QUALITY = 2_000, 0.5, 16, 45
PAPER = (128, 134, 147)
SCHEMES, WIDTHS = ("light", "dark"), (390, 1440)


def take(page: Page, name: str, locale: str, scheme: str, width: int) -> None:
    """From the top, as far as a sheet goes; what sticks to the edge of the screen would cover the middle of it."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.locator(".bar, .call, .savebar").evaluate_all("all => all.forEach(one => { one.style.position = 'static' })")
    height = min(page.evaluate("Math.max(document.documentElement.scrollHeight, innerHeight)"), HIGHEST)
    clip = {"x": 0, "y": 0, "width": width, "height": height}
    path = SHOTS / f"{name}.{locale}.{scheme}.{width}.png"
    page.screenshot(path=path, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]


def keep_sheets() -> None:
    """One sheet for each screen whose pictures are there, and the list of them."""
    SHEETS.mkdir(parents=True, exist_ok=True)
    for name in sorted({path.name.partition(".")[0] for path in SHOTS.glob("*.*.*.*.png")}):
        _sheet(name).save(SHEETS / f"{name}.webp", quality=QUALITY, method=4)
    _index()


def _sheet(name: str) -> Image.Image:
    """A row for each language."""
    rows = [row for locale in ("vi", "en") if (row := _shots(name, locale))]
    width = max(sum(shot.width + GAP for shot in row) for row in rows) + GAP
    height = sum(max(shot.height for shot in row) + GAP for row in rows) + GAP
    sheet, top = Image.new("RGB", (width, height), PAPER), GAP
    for row in rows:
        left = GAP
        for shot in row:
            sheet.paste(shot, (left, top))
            left += shot.width + GAP
        top += max(shot.height for shot in row) + GAP
    return sheet


def _shots(name: str, locale: str) -> list[Image.Image]:
    wanted = [SHOTS / f"{name}.{locale}.{scheme}.{width}.png" for scheme in SCHEMES for width in WIDTHS]
    return [_smaller(path) for path in wanted if path.exists()]


def _smaller(path: Path) -> Image.Image:
    with Image.open(path) as shot:
        size = (round(shot.width * SCALE), round(shot.height * SCALE))
        return shot.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _index() -> None:
    names = sorted(path.stem for path in SHEETS.glob("*.webp"))
    parts = {"Visitors": [one for one in names if one.startswith("page-")]}
    parts["Colleagues"] = [one for one in names if one not in parts["Visitors"]]
    lines = ["# Pictures of every screen", "", ABOUT, ""]
    for title, found in parts.items():
        lines += [f"## {title}", "", *(f"- [{one.partition('-')[2]}](screens/{one}.webp)" for one in found), ""]
    (SHEETS.parent / "README.md").write_text("\n".join(lines))


ABOUT = (
    "Taken by `make screens ARGS=--pictures`. Each sheet shows one screen at 390 and 1440 px, the upper row in Vietnamese\n"
    "and the lower one in English; screens of the console in light, then in dark."
)
