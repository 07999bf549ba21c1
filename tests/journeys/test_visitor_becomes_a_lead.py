"""From an advertisement to the CRM, as people really come."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import AD, Person, fill_guide, send, somebody

pytestmark = pytest.mark.browser
PROMISED_SECONDS = 2.0  # from the thank-you page to the CRM


def lead_of(record: dict[str, Any]) -> dict[str, Any]:
    return dict(record["message"]["data"]["lead"])


def downloaded(page: Page) -> bytes:
    """What the button of the thank-you page gives."""
    with page.expect_download() as coming:
        page.locator("a.button[href^='/d/']").click()
    return coming.value.path().read_bytes()


def test_a_phone_that_came_by_an_ad_gets_the_book_and_the_crm_gets_the_lead(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/bang-gia?{AD}")
    page.get_by_role("link", name="Nhận cẩm nang rang tại quán").click()
    fill_guide(page, person, stage="chain")
    page.locator("[name=consent]").check()
    send(page)
    data = crm.awaited(person.email, "lead.created", seconds=PROMISED_SECONDS)["message"]["data"]
    expect(page.locator("h1")).to_have_text(f"Cảm ơn {person.name}")
    lead, touched = data["lead"], data["attribution"]
    assert (lead["name"], lead["phone"]) == (person.name, f"+84{person.phone[1:]}")
    assert lead["stage"] == "sql"
    assert lead["score"] == sum(reason["points"] for reason in lead["reasons"]) >= 70
    assert {"price-page", "stage-chain", "phone-valid"} <= {reason["rule"] for reason in lead["reasons"]}
    assert [(one["purpose"], one["given"]) for one in lead["consents"]] == [("marketing", True)]
    first = touched["first_touch"]
    assert (first["channel"], first["source"], first["campaign"]) == ("Paid Social", "facebook", "mo-quan")
    assert first["click_ids"] == {"fbclid": "IwAR0abc"}
    assert first["landing_page"] == "/bang-gia"
    assert {"/bang-gia", "/guide"} <= {one["page"] for one in data["touchpoints"]["recent"]}
    assert downloaded(page).startswith(b"%PDF-")


def test_a_desktop_in_english_is_served_in_english(visitor: OpenPage, house: House, crm: Crm, person: Person) -> None:
    page = visitor(DESKTOP, "en-US")
    page.goto(f"{house.public}/en/guide?{AD}")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    fill_guide(page, person)
    send(page)
    expect(page.locator("h1")).to_have_text(f"Thank you, {person.name}")
    assert downloaded(page).startswith(b"%PDF-")
    data = crm.awaited(person.email, "lead.created")["message"]["data"]
    assert data["attribution"]["first_touch"]["landing_page"] == "/en/guide"
    assert data["submission"]["page"] == "guide"


def test_the_same_person_in_another_browser_is_the_same_lead_and_keeps_how_they_first_came(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/guide?{AD}")
    fill_guide(page, person)
    send(page)
    before = crm.awaited(person.email, "lead.created")

    other = visitor(DESKTOP)
    other.goto(f"{house.public}/guide?utm_source=newsletter&utm_medium=email&utm_campaign=thang-11")
    again = Person(person.name, somebody().email, f"+84 {person.phone[1:4]} {person.phone[4:7]} {person.phone[7:]}")
    fill_guide(other, again)
    send(other)
    after = crm.awaited(again.email, "lead.updated")

    assert lead_of(after)["id"] == lead_of(before)["id"]
    assert lead_of(after)["submissions"] == 2
    touched = after["message"]["data"]["attribution"]
    assert touched["first_touch"]["channel"] == "Paid Social"
    assert (touched["last_touch"]["channel"], touched["last_touch"]["campaign"]) == ("Email", "thang-11")
    assert "lead.created" not in crm.types(again.email)
