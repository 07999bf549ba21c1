"""A lost connection and a busy server lose nothing and double nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_guide, somebody_else_arrives, thanked

pytestmark = pytest.mark.browser


@pytest.fixture
def filled(visitor: OpenPage, house: House, person: Person) -> Page:
    page = visitor(PHONE)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    return page


def first_answered(page: Page, answer: Callable[[Route], None]) -> list[str]:
    """The first post is answered so, the others by the server; returns the bodies sent."""
    bodies: list[str] = []

    def handle(route: Route) -> None:
        bodies.append(route.request.post_data or "")
        answer(route) if len(bodies) == 1 else route.continue_()

    page.route("**/f/guide", handle)
    return bodies


def test_going_offline_while_sending_is_said_and_sent_by_itself_later(
    filled: Page, visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    filled.context.set_offline(True)
    filled.locator("[type=submit]").click()
    expect(filled.locator("[data-note]")).to_contain_text("Chúng tôi tự gửi lại khi có mạng.")
    expect(filled.locator("[name=email]")).to_have_value(person.email)
    expect(filled.locator("[type=submit]")).not_to_have_attribute("aria-disabled", "true")
    filled.context.set_offline(False)
    thanked(filled)
    crm.awaited(person.email, "lead.created")
    somebody_else_arrives(visitor(), house, crm)
    assert crm.types(person.email) == ["lead.created"]


def test_an_answer_that_is_lost_on_its_way_back_is_not_a_second_lead(
    filled: Page, visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    def lost(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    bodies = first_answered(filled, lost)
    filled.locator("[type=submit]").click()
    expect(filled.locator("[data-note]")).to_be_visible()
    filled.locator("[type=submit]").click()
    thanked(filled)
    crm.awaited(person.email, "lead.created")
    somebody_else_arrives(visitor(), house, crm)
    assert len(bodies) == 2
    assert bodies[0] == bodies[1]
    assert crm.types(person.email) == ["lead.created"]


@pytest.mark.parametrize("status", [503, 429])
def test_a_busy_server_is_asked_again_after_the_time_that_it_names(
    filled: Page, crm: Crm, person: Person, status: int
) -> None:
    bodies = first_answered(filled, lambda route: route.fulfill(status=status, headers={"Retry-After": "1"}, body=""))
    filled.locator("[type=submit]").click()
    expect(filled.locator("[data-note]")).to_contain_text("tự gửi lại sau 1 giây")
    expect(filled.locator("[name=name]")).to_have_value(person.name)
    thanked(filled)
    crm.awaited(person.email, "lead.created")
    assert bodies[0] == bodies[1]
    assert crm.types(person.email).count("lead.created") == 1


def test_a_failure_is_said_with_its_reference_and_the_form_can_be_sent_again(
    filled: Page, crm: Crm, person: Person
) -> None:
    first_answered(filled, lambda route: route.fulfill(status=500, headers={"X-Request-Id": "7F3K"}, body=""))
    filled.locator("[type=submit]").click()
    expect(filled.locator("[data-note]")).to_contain_text("Mã sự cố 7F3K.")
    expect(filled.locator("[name=phone]")).to_have_value(person.phone)
    filled.locator("[type=submit]").click()
    thanked(filled)
    crm.awaited(person.email, "lead.created")
