"""Whoever changes the language keeps the campaign that brought them, and it reaches the lead."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_guide, send

pytestmark = pytest.mark.browser


def test_the_campaign_survives_a_change_of_language(visitor: OpenPage, house: House, crm: Crm, person: Person) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/guide?utm_source=mail&utm_campaign=t%E1%BA%BFt")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.url.endswith("?utm_source=mail&utm_campaign=t%E1%BA%BFt")
    fill_guide(page, person)
    send(page)
    touch = crm.awaited(person.email, "lead.created")["message"]["data"]["attribution"]["last_touch"]
    assert (touch["source"], touch["campaign"]) == ("mail", "tết")
