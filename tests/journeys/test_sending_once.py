"""Slips of the finger: one wish is one lead."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Request

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_coupon, fill_guide, send, somebody, somebody_else_arrives, thanked

pytestmark = pytest.mark.browser


def counted(page: Page) -> list[Request]:
    """The posts of this page, as they are made."""
    posts: list[Request] = []
    page.on(
        "request", lambda request: posts.append(request) if request.method == "POST" and "/f/" in request.url else 0
    )
    return posts


def test_a_double_click_sends_once(visitor: OpenPage, house: House, crm: Crm, person: Person) -> None:
    page = visitor(DESKTOP)
    posts = counted(page)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    page.locator("[type=submit]").dblclick()
    thanked(page)
    crm.awaited(person.email, "lead.created")
    somebody_else_arrives(visitor(), house, crm)
    assert len(posts) == 1
    assert crm.types(person.email) == ["lead.created"]


def test_a_double_click_without_script_makes_one_lead(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(DESKTOP, java_script_enabled=False)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    page.locator("[type=submit]").dblclick(no_wait_after=True)
    thanked(page)
    crm.awaited(person.email, "lead.created")
    somebody_else_arrives(visitor(), house, crm)
    assert crm.types(person.email) == ["lead.created"]


def test_the_enter_key_sends_and_a_second_one_does_not(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(DESKTOP)
    posts = counted(page)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    page.locator("[name=phone]").press("Enter", no_wait_after=True)
    page.keyboard.press("Enter")
    thanked(page)
    crm.awaited(person.email, "lead.created")
    assert len(posts) == 1


def test_two_submits_that_leave_together_are_one_lead(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    posts = counted(page)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    page.evaluate(
        "const form = document.querySelector('form[data-capture]'); form.requestSubmit(); form.requestSubmit()"
    )
    thanked(page)
    crm.awaited(person.email, "lead.created")
    assert len(posts) == 1


def test_going_back_and_sending_other_answers_updates_the_lead(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    created = crm.awaited(person.email, "lead.created")
    page.go_back()
    page.wait_for_url("**/guide")
    corrected = Person(person.name, person.email, somebody().phone)
    fill_guide(page, corrected, stage="running")
    send(page)
    updated = crm.awaited(person.email, "lead.updated")["message"]["data"]
    assert updated["lead"]["id"] == created["message"]["data"]["lead"]["id"]
    assert updated["submission"]["fields"]["stage"] == "running"
    assert updated["lead"]["phone"] == f"+84{corrected.phone[1:]}"


def test_going_back_and_sending_the_same_answers_is_answered_as_before(
    visitor: OpenPage, house: House, crm: Crm, person: Person
) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.public}/tet")
    fill_coupon(page, person)
    send(page)
    first = page.locator("[data-code]").inner_text()
    page.go_back()
    page.wait_for_url("**/tet")
    send(page)
    assert page.locator("[data-code]").inner_text() == first
