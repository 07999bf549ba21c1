"""Every screen, at both widths and in both languages: accessible, never sideways, large enough to touch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.audit.conftest import PICTURES
from tests.audit.measures import small_targets, too_wide, violations
from tests.audit.screens import CONSOLE, PUBLIC, Place, Reach
from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import House

DEVICES: dict[str, dict[str, Any]] = {"phone": PHONE, "desktop": DESKTOP}
NARROW = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
LOCALES = {"vi": "vi-VN", "en": "en-US"}
in_both_languages = pytest.mark.parametrize("locale", list(LOCALES))
on_both_devices = pytest.mark.parametrize("device", list(DEVICES))
in_light_and_dark = pytest.mark.parametrize("scheme", ["light", "dark"])
of_the_public = pytest.mark.parametrize("name", list(PUBLIC))
of_the_console = pytest.mark.parametrize("name", list(CONSOLE))


@pytest.fixture
def session(request: pytest.FixtureRequest, name: str) -> Path:
    return Path(request.getfixturevalue("signed_in_empty" if name.startswith("first-run") else "signed_in"))


def reached(page: Page, reach: Reach, house: House, empty: House, locale: str) -> Page:
    reach(page, Place(house, empty, locale))
    return page


def pictured(page: Page, *names: str) -> None:
    """The whole page; what sticks to the edge of the screen would cover the middle of it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.locator(".bar, .call").evaluate_all("all => all.forEach(one => { one.style.position = 'static' })")
    page.screenshot(path=PICTURES / f"{'-'.join(names)}.png", full_page=True, animations="disabled")


@of_the_public
@on_both_devices
@in_both_languages
def test_a_public_page_is_accessible(
    visit: OpenPage, house: House, empty: House, name: str, device: str, locale: str
) -> None:
    page = reached(visit(DEVICES[device], LOCALES[locale]), PUBLIC[name], house, empty, locale)
    found = violations(page)
    pictured(page, "page", name, device, locale)
    assert found == []


@of_the_console
@on_both_devices
@in_both_languages
@in_light_and_dark
def test_a_console_screen_is_accessible(
    visit: OpenPage, house: House, empty: House, session: Path, name: str, device: str, locale: str, scheme: str
) -> None:
    page = visit(DEVICES[device], LOCALES[locale], color_scheme=scheme, storage_state=session)
    reached(page, CONSOLE[name], house, empty, locale)
    found = violations(page)
    pictured(page, "console", name, device, locale, scheme)
    assert found == []


@of_the_public
@in_both_languages
def test_a_public_page_fits_320_px_and_can_be_touched(
    visit: OpenPage, house: House, empty: House, name: str, locale: str
) -> None:
    page = reached(visit(NARROW, LOCALES[locale]), PUBLIC[name], house, empty, locale)
    assert too_wide(page) == []
    assert small_targets(page) == []


@of_the_console
@in_both_languages
def test_a_console_screen_fits_320_px_and_can_be_touched(
    visit: OpenPage, house: House, empty: House, session: Path, name: str, locale: str
) -> None:
    page = reached(visit(NARROW, LOCALES[locale], storage_state=session), CONSOLE[name], house, empty, locale)
    assert too_wide(page) == []
    assert small_targets(page) == []
