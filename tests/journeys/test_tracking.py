"""What is remembered about a visitor, and what is not."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import AD, Person, fill_guide, send

pytestmark = pytest.mark.browser
ASKING = "asking.localhost"
SAYS_NO = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"


def stored(page: Page) -> dict[str, str]:
    return dict(page.evaluate("({...localStorage, ...sessionStorage})"))


def beacons(page: Page) -> list[str]:
    """What the tracker sends from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.url.endswith("/t") else None)
    return sent


def test_pages_seen_before_the_form_are_in_the_touchpoints(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    for path in ("/bang-gia", "/tet", "/guide"):
        with page.expect_response("**/t"):
            page.goto(house.public + path)
    fill_guide(page, person)
    send(page)
    touched = crm.awaited(person.email, "lead.created")["message"]["data"]["touchpoints"]
    assert [one["page"] for one in touched["recent"]] == ["/guide", "/tet", "/bang-gia"]
    assert touched["total"] == 3


def test_where_tracking_is_on_the_browser_keeps_one_visitor_id_and_nothing_else(
    visitor: OpenPage, house: House
) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/guide")
    first = stored(page)
    page.goto(f"{house.public}/bang-gia")
    assert stored(page) == first
    assert list(first) == ["capture:visitor"]
    assert len(first["capture:visitor"]) == 22


def test_a_browser_that_asks_for_privacy_is_not_counted_but_may_become_a_lead(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE, extra_http_headers={"Sec-GPC": "1"})
    page.add_init_script(SAYS_NO)
    sent = beacons(page)
    page.goto(f"{house.public}/bang-gia")
    page.goto(f"{house.public}/guide?{AD}")
    assert stored(page) == {}
    fill_guide(page, person)
    send(page)
    data = crm.awaited(person.email, "lead.created")["message"]["data"]
    assert "/bang-gia" not in {one["page"] for one in data["touchpoints"]["recent"]}
    assert data["attribution"]["first_touch"]["channel"] == "Paid Social"
    assert sent == []


def test_who_asks_for_privacy_is_not_given_the_pages_of_a_neighbour_with_the_same_telephone(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    same = {"user_agent": f"Mozilla/5.0 (Linux; Android 15) {person.phone}"}
    neighbour = visitor(PHONE, java_script_enabled=False, **same)
    neighbour.goto(f"{house.public}/bang-gia?{AD}")
    page = visitor(PHONE, extra_http_headers={"Sec-GPC": "1"}, **same)
    page.add_init_script(SAYS_NO)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    data = crm.awaited(person.email, "lead.created")["message"]["data"]
    assert "/bang-gia" not in {one["page"] for one in data["touchpoints"]["recent"]}
    assert data["attribution"]["first_touch"]["channel"] == "Direct"


def test_a_site_that_asks_first_keeps_nothing_before_the_answer(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.at(ASKING)}/ask?{AD}")
    assert stored(page) == {}
    page.reload()
    assert stored(page) == {}
    page.evaluate("capture.consent()")
    assert set(stored(page)) == {"capture:visitor", "capture:consent"}


def test_a_refusal_is_kept_and_silences_the_tracker(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.at(ASKING)}/ask")
    page.evaluate("capture.consent()")
    page.evaluate("capture.refuse()")
    assert stored(page) == {"capture:consent": "no"}
    sent = beacons(page)
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    assert page.evaluate("capture.visitor") == ""
    assert stored(page) == {"capture:consent": "no"}
    assert sent == []


def test_without_a_store_the_form_still_works(visitor: OpenPage, house: House, crm: Crm, person: Person) -> None:
    page = visitor(PHONE)
    page.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('closed') }})")
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    crm.awaited(person.email, "lead.created")
