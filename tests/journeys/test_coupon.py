"""A coupon of one's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_coupon, send

pytestmark = pytest.mark.browser


def test_the_code_is_shown_copied_and_told_to_the_crm(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{house.public}/tet")
    fill_coupon(page, person)
    send(page)
    code = page.locator("[data-code]").inner_text()
    assert code.startswith("TET-")
    page.locator("[data-copy]").click()
    expect(page.locator("[data-copy]")).to_have_text("Đã chép")
    assert page.evaluate("navigator.clipboard.readText()") == code
    coupon = crm.awaited(person.email, "lead.created")["message"]["data"]["submission"]["coupon"]
    assert (coupon["code"], coupon["value"]) == (code, "15%")


def test_the_same_person_gets_the_same_code(visitor: OpenPage, house: House, person: Person) -> None:
    codes = set()
    for device in (PHONE, DESKTOP):
        page = visitor(device)
        page.goto(f"{house.public}/tet")
        fill_coupon(page, person)
        send(page)
        codes.add(page.locator("[data-code]").inner_text())
    assert len(codes) == 1


def test_a_closed_clipboard_marks_the_code_instead(visitor: OpenPage, house: House, person: Person) -> None:
    page = visitor(PHONE)
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(f"{house.public}/tet")
    fill_coupon(page, person)
    send(page)
    page.locator("[data-copy]").click()
    code = page.locator("[data-code]").inner_text()
    page.wait_for_function("code => getSelection().toString().trim() === code", arg=code)
