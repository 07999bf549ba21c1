"""The real product once for each test process, and real browsers that visit it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.journeys.browsers import DESKTOP, OpenPage, Watched, launched
from tests.journeys.house import Crm, House, open_house
from tests.journeys.people import Person, somebody

SITES = [Path(__file__).parent / name for name in ("asking.yaml", "trying.yaml", "blocks.yaml")]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("house"), more_sites=SITES) as opened:
        yield opened


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture
def crm(house: House) -> Crm:
    return house.crm


@pytest.fixture
def visitor(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages as visitors do. No page may break its own policy, ask another host or set a cookie."""
    watched = Watched(browser)
    yield watched.page
    cookies = watched.cookies()
    watched.close()
    assert watched.problems == []
    assert cookies == []


@pytest.fixture
def colleague(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages as colleagues do, who have a session cookie."""
    watched = Watched(browser)
    yield watched.page
    watched.close()
    assert watched.problems == []


@pytest.fixture(scope="session")
def session_of_linh(house: House, browser: Browser) -> str:
    """The storage of a browser in which Linh is signed in."""
    path = house.folder / "linh.json"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(house.sign_in_link("linh@nharang.example"))
        page.locator("main button").click()
        page.wait_for_url("**/console/password")
        context.storage_state(path=path)
    return str(path)


@pytest.fixture
def linh(house: House, colleague: OpenPage, session_of_linh: str) -> Page:
    """A page of Linh's, at the console's first screen."""
    page = colleague(DESKTOP, storage_state=session_of_linh)
    page.goto(f"{house.console}/")
    return page


@pytest.fixture
def person() -> Person:
    return somebody()
