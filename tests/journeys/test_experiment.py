"""A page under test in a real browser: the variant of one's id, without a flicker, and the same one next time."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from capture.pages.experiments.allocation import thousandths, variant_of
from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import House
from tests.journeys.people import Person, send
from tests.journeys.test_page_is_calm import A_HAIR, SHIFTS, TWO_FRAMES

pytestmark = pytest.mark.browser
TRYING, ASKING = "trying.localhost", "asking.localhost"
HEADINGS = {"a": "Như cũ", "b": "Khác hẳn"}
SCRIPT = Path(__file__).parents[2] / "static" / "pages" / "variant.js"
# The script with a page of its own: what it would show a visitor.
DECIDES = """([source, vectors]) => vectors.map(([salt, shares, visitor]) => {
  const root = { dataset: { variant: "t:a" } };
  const page = { documentElement: root, currentScript: { dataset: { salt, shares } }, addEventListener() {} };
  const run = new Function("document", "window", "localStorage", source);
  run(page, { capture: { remembered: visitor } }, { getItem: () => null });
  return root.dataset.variant.slice(2);
})"""
WATCH = """
window.painted = new Set();
(function look() {
  const heading = document.querySelector("main h1");
  if (heading && heading.checkVisibility()) painted.add(heading.textContent.trim());
  requestAnimationFrame(look);
})();
"""


@pytest.fixture
def stored(house: House) -> Any:
    """Asks the house's database."""

    def ask(sql: str, *values: str) -> list[Any]:
        with sqlite3.connect(f"file:{house.folder}/capture.sqlite?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchall()

    return ask


@pytest.fixture
def trial(stored: Any) -> tuple[str, str]:
    """Id and salt of the experiment on /try."""
    return stored("SELECT id, salt FROM experiment WHERE slug = 'try-1'")[0]  # type: ignore[no-any-return]


def visitor_of(key: str, salt: str) -> str:
    """The id of a browser whose variant this is."""
    made = (f"browser-{number:014d}" for number in range(100))
    return next(one for one in made if variant_of(one, salt, {"a": 500, "b": 500}) == key)


def remembers(page: Page, **kept: str) -> None:
    """The browser has been here before."""
    for name, value in kept.items():
        page.add_init_script(f"localStorage.getItem('{name}') ?? localStorage.setItem('{name}', '{value}')")


def test_browser_and_server_divide_visitors_alike(browser: Browser) -> None:
    splits = [{"a": 50, "b": 50}, {"a": 1, "b": 99}, {"a": 7, "b": 11, "c": 13, "d": 17, "e": 19}]
    vectors = [
        (f"salt-{number % 5}", thousandths(splits[number % 3]), f"Zz_-{number * 7919:018d}") for number in range(400)
    ]
    told = [(salt, " ".join(f"{key}:{share}" for key, share in shares.items()), who) for salt, shares, who in vectors]
    with browser.new_context() as context:
        decided = context.new_page().evaluate(DECIDES, [SCRIPT.read_text(), told])
    assert decided == [variant_of(who, salt, shares) for salt, shares, who in vectors]
    assert set(decided) == set("abcde")


@pytest.mark.parametrize("device", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_each_visitor_sees_their_own_variant_and_never_the_other(
    visitor: OpenPage, house: House, trial: tuple[str, str], device: dict[str, Any]
) -> None:
    for key, heading in HEADINGS.items():
        page = visitor(device)
        remembers(page, **{"capture:visitor": visitor_of(key, trial[1])})
        page.add_init_script(WATCH)
        page.add_init_script(SHIFTS)
        page.goto(f"{house.at(TRYING)}/try")
        expect(page.locator("main h1")).to_have_text(heading)
        page.evaluate("document.fonts.ready")
        page.evaluate(TWO_FRAMES)
        assert page.evaluate("[...painted]") == [heading]
        assert page.title().startswith(heading)
        assert sum(shift[0] for shift in page.evaluate("shifts")) < A_HAIR
        assert page.evaluate("document.querySelectorAll('#form').length") == 1


def test_the_form_of_the_swapped_variant_is_sent_and_counted(
    visitor: OpenPage, house: House, stored: Any, trial: tuple[str, str], person: Person
) -> None:
    for key in HEADINGS:
        page, own = visitor(PHONE), visitor_of(key, trial[1])
        remembers(page, **{"capture:visitor": own})
        with page.expect_response("**/t"):
            page.goto(f"{house.at(TRYING)}/try")
        page.locator("[name=email]").fill("wrong@")
        page.locator("[name=email]").blur()
        expect(page.locator("#f-email-error")).to_be_visible()
        page.locator("[name=email]").fill(key + person.email)
        send(page)
        [(submission, variant)] = stored("SELECT id, variant FROM submission WHERE visitor_id = ?", own)
        assert variant == key
        seen = stored("SELECT variant, way, submission_id FROM exposure WHERE visitor = ?", own)
        assert seen == [(key, "script", submission)]


def test_a_variant_that_was_seen_stays(visitor: OpenPage, house: House, trial: tuple[str, str]) -> None:
    page = visitor(PHONE)
    name = f"capture:variant:{trial[0]}"
    remembers(page, **{"capture:visitor": visitor_of("a", trial[1]), name: "b"})
    page.goto(f"{house.at(TRYING)}/try")
    expect(page.locator("main h1")).to_have_text(HEADINGS["b"])
    page.reload()
    expect(page.locator("main h1")).to_have_text(HEADINGS["b"])
    page.evaluate("capture.refuse()")
    assert page.evaluate(f"localStorage.getItem('{name}')") is None


def test_a_forced_variant_is_shown_and_not_remembered(
    visitor: OpenPage, house: House, stored: Any, trial: tuple[str, str]
) -> None:
    page, own = visitor(PHONE), visitor_of("a", trial[1]).replace("browser", "another")
    remembers(page, **{"capture:visitor": own})
    with page.expect_response("**/t"):
        page.goto(f"{house.at(TRYING)}/try?_variant=b")
    expect(page.locator("main h1")).to_have_text(HEADINGS["b"])
    assert page.evaluate("Object.keys(localStorage)") == ["capture:visitor"]
    assert stored("SELECT 1 FROM exposure WHERE visitor = ?", own) == []


def test_without_script_the_address_decides_and_the_form_works(
    visitor: OpenPage, house: House, stored: Any, person: Person
) -> None:
    page = visitor(PHONE, java_script_enabled=False)
    page.goto(f"{house.at(TRYING)}/try")
    heading = page.locator("main h1").text_content() or ""
    key = next(key for key, text in HEADINGS.items() if text in heading)
    page.locator("[name=email]").fill(person.email)
    send(page)
    [(variant, way)] = stored(
        "SELECT submission.variant, way FROM submission JOIN exposure ON submission_id = submission.id"
        " WHERE submission.answers LIKE ?",
        f"%{person.email}%",
    )
    assert (variant, way) == (key, "request")


def test_a_site_that_asks_first_remembers_no_variant_before_the_answer(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.at(ASKING)}/ask-otherwise")
    heading = page.locator("main h1").text_content()
    assert page.evaluate("Object.keys(localStorage)") == []
    page.evaluate("capture.consent()")
    kept = page.evaluate("Object.keys(localStorage).sort().map(name => name.slice(0, 16))")
    assert kept == ["capture:consent", "capture:variant:", "capture:visitor"]
    page.reload()
    expect(page.locator("main h1")).to_have_text(heading or "")
