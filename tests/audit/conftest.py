"""The product with the demo's people and something held, another without anybody, and browsers that look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.audit.lighthouse import figures, table
from tests.journeys.browsers import OpenPage, Watched, launched
from tests.journeys.house import ROOT, House, open_house
from tests.journeys.people import fill_guide, send, somebody

PICTURES = ROOT / "instance" / "audit"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if figures:
        terminalreporter.section("Lighthouse, the median of each page")
        terminalreporter.write_line("\n".join(table()))
    else:
        terminalreporter.write_line(f"Pictures of every screen: {PICTURES}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = launched(playwright)
        yield running
        running.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """The demo world, with a robot's form held for a look."""
    with open_house(tmp_path_factory.mktemp("house"), with_people=True) as opened:
        with browser.new_context() as context:
            page = context.new_page()
            page.goto(f"{opened.public}/guide")
            fill_guide(page, somebody("Xem giá tại https://spam.example"), stage="chain")
            send(page)
        yield opened


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo site before anybody came."""
    with open_house(tmp_path_factory.mktemp("empty")) as opened:
        yield opened


@pytest.fixture(scope="session")
def signed_in(house: House, browser: Browser) -> Path:
    return _session(house, browser)


@pytest.fixture(scope="session")
def signed_in_empty(empty: House, browser: Browser) -> Path:
    return _session(empty, browser)


@pytest.fixture
def visit(browser: Browser) -> Iterator[OpenPage]:
    watched = Watched(browser)
    yield watched.page
    watched.close()
    assert watched.problems == []


def _session(house: House, browser: Browser) -> Path:
    path = house.folder / "session.json"
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(house.sign_in_link("linh@nharang.example"))
        page.locator("main button").click()
        page.wait_for_url("**/console/password")
        context.storage_state(path=path)
    return path
