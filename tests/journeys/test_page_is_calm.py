"""Nothing moves by itself, nothing is asked of anybody else, nothing breaks the page's own policy."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import House
from tests.journeys.people import Person, fill_coupon, fill_guide, send

pytestmark = pytest.mark.browser

SHIFTS = """
window.shifts = [];
new PerformanceObserver(list => shifts.push(...list.getEntries().map(one => [one.value, ...one.sources.map(
  ({node}) => node?.parentElement?.className || node?.nodeName)]))).observe({type: 'layout-shift', buffered: true});
"""
A_HAIR = 0.002  # of the screen: letters of another width move sideways within their line; no line may move
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
DEVICES = {"phone": PHONE, "desktop": DESKTOP}


def opened_with_slow_fonts(page: Page, address: str) -> None:
    """The fonts come after the page has been painted without them."""
    waiting: list[Route] = []
    page.add_init_script(SHIFTS)
    page.route("**/static/fonts/*", lambda route: waiting.append(route))
    page.goto(address, wait_until="commit")
    page.wait_for_function(PAINTED)
    page.evaluate(TWO_FRAMES)
    for route in waiting:
        route.continue_()
    page.evaluate("document.fonts.ready")
    page.evaluate(TWO_FRAMES)
    assert waiting, "no font was asked for"


@pytest.mark.parametrize("device", list(DEVICES))
@pytest.mark.parametrize("path", ["/guide", "/tet", "/bang-gia", "/en/guide", "/en/tet"])
def test_nothing_moves_when_slow_fonts_arrive(visitor: OpenPage, house: House, path: str, device: str) -> None:
    page = visitor(DEVICES[device])
    opened_with_slow_fonts(page, house.public + path)
    assert page.evaluate("document.fonts.size && [...document.fonts].some(one => one.status === 'loaded')")
    shifts = page.evaluate("shifts")
    assert sum(shift[0] for shift in shifts) < A_HAIR, shifts


def test_every_page_of_the_journey_keeps_its_policy_and_asks_nobody_else(
    visitor: OpenPage, house: House, person: Person
) -> None:
    """What is wrong is noticed by the `visitor` fixture, on this and on every other journey."""
    page = visitor(DESKTOP)
    for path in ("/", "/guide", "/en/guide", "/bang-gia", "/rieng-tu", "/en/tet"):
        answer = page.goto(house.public + path)
        assert answer is not None
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    for path in ("/nothing-here", "/thanks/nonsense", "/d/nonsense"):
        answer = page.goto(house.public + path)
        assert answer is not None
        assert answer.status == 404
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    page.goto(f"{house.public}/tet")
    fill_coupon(page, person)
    send(page)
