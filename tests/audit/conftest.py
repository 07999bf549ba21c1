"""The product with the demo's people and more, another without anything, and browsers that look at them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.audit.furnished import World
from tests.audit.lighthouse import figures, table
from tests.audit.looks import site_of_looks
from tests.audit.pictures import keep_sheets
from tests.conftest import GUIDE_WORD
from tests.journeys.browsers import OpenPage, Watched, launched
from tests.journeys.house import House, open_house
from tests.journeys.people import fill_guide, send, somebody

LINH = "linh@nharang.example"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", action="store_true", help="take the pictures of every screen into docs/pictures")


@pytest.fixture(scope="session")
def is_pictured(request: pytest.FixtureRequest) -> Iterator[bool]:
    """Whether pictures are asked for; in the end there is one sheet of each screen."""
    asked = bool(request.config.getoption("--pictures", default=False))
    yield asked
    if asked:
        keep_sheets()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures:
        terminalreporter.section("Lighthouse, the median of each page")
        terminalreporter.write_line("\n".join(table()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def calm() -> Iterator[None]:
    """Nobody counts how often one browser signs in, and the locked page has its word."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("RATE_LIMITS", "off"), ("HOOK_GUIDE_WORD", GUIDE_WORD)):
            patch.setitem(os.environ, name, value)
        yield


@pytest.fixture(scope="session")
def house(calm: None, tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """The demo world, the site of every look, and a robot's form held for a look."""
    folder = tmp_path_factory.mktemp("house")
    with open_house(folder, with_people=True, more_sites=[site_of_looks(folder)]) as opened:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{opened.public}/guide")
            fill_guide(page, somebody("Xem giá tại https://spam.example"), stage="chain")
            send(page)
        yield opened


@pytest.fixture(scope="session")
def world(house: House) -> World:
    made = World(house)
    made.furnish()
    return made


@pytest.fixture(scope="session")
def empty(calm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The product on its first day: not even a site."""
    with open_house(tmp_path_factory.mktemp("empty"), with_demo=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def signed_in(world: World, house: House, browser: Browser) -> Path:
    return _session(house, browser, f"{house.console}/sign-in/{world.link(LINH, 'link')}")


@pytest.fixture(scope="session")
def signed_in_empty(empty: House, browser: Browser) -> Path:
    return _session(empty, browser, empty.sign_in_link(LINH))


@pytest.fixture
def visit(browser: Browser) -> Iterator[OpenPage]:
    watched = Watched(browser)
    yield watched.page
    watched.close()
    assert watched.problems == []


def _session(house: House, browser: Browser, link: str) -> Path:
    path = house.folder / "session.json"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(link)
        page.locator("main button").click()
        page.wait_for_url("**/console/password")
        context.storage_state(path=path)
    return path
