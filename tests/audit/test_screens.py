"""Every screen, at both widths, in both languages, light and dark: accessible, never sideways, large enough to touch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.audit import pictures
from tests.audit.furnished import World
from tests.audit.measures import icons, small_targets, too_wide, violations
from tests.audit.pictures import SCHEMES, WIDTHS
from tests.audit.screens import CONSOLE, PUBLIC
from tests.audit.ways import Place
from tests.journeys.browsers import OpenPage
from tests.journeys.house import ROOT, House

LOCALES = {"vi": "vi-VN", "en": "en-US"}
NARROW, HEIGHTS = 320, {320: 640, 390: 844, 1440: 900}
SPRITE = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "console" / "icons.svg").read_text()))
in_both_languages = pytest.mark.parametrize("locale", list(LOCALES))


@pytest.fixture
def place(house: House, empty: House, world: World, locale: str) -> Place:
    return Place(house, empty, world, locale)


@pytest.fixture
def session(request: pytest.FixtureRequest, name: str) -> Path:
    return Path(request.getfixturevalue("signed_in_empty" if name.startswith("first-run") else "signed_in"))


@in_both_languages
@pytest.mark.parametrize("name", list(PUBLIC))
def test_a_public_page_is_fit_for_everybody(
    visit: OpenPage, place: Place, is_pictured: bool, name: str, locale: str
) -> None:
    page = visit(_device(390), LOCALES[locale], reduced_motion="reduce")
    PUBLIC[name](page, place)
    assert _faults(page, ["light"], locale, f"page-{name}" if is_pictured else "") == []


@in_both_languages
@pytest.mark.parametrize("name", list(CONSOLE))
def test_a_console_screen_is_fit_for_everybody(
    visit: OpenPage, place: Place, session: Path, is_pictured: bool, name: str, locale: str
) -> None:
    page = visit(_device(390), LOCALES[locale], storage_state=session, reduced_motion="reduce")
    CONSOLE[name].reach(page, place)
    found = _faults(page, SCHEMES, locale, f"console-{name}" if is_pictured else "")
    assert found + [f"no icon {one}" for one in icons(page) if one not in SPRITE] == []


def _faults(page: Page, schemes: Sequence[str], locale: str, picture: str) -> list[str]:
    """What is wrong. Each scheme is searched at one width, the other language has it at the other one."""
    _widen(page, NARROW)
    found = small_targets(page)
    for width in (NARROW, *WIDTHS):
        _widen(page, width)
        found += [f"{width}: {one}" for one in too_wide(page)]
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        searched = WIDTHS[(scheme == "dark") ^ (locale == "en")]
        _widen(page, searched)
        found += [f"{scheme} {searched}: {one}" for one in violations(page)]
        for width in WIDTHS if picture else ():
            _widen(page, width)
            pictures.take(page, picture, locale, scheme, width)
    return found


def _widen(page: Page, width: int) -> None:
    page.set_viewport_size(_device(width)["viewport"])


def _device(width: int) -> dict[str, dict[str, int]]:
    return {"viewport": {"width": width, "height": HEIGHTS[width]}}
