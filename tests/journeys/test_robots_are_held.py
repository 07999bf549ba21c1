"""A robot is thanked like everybody; sales never hears of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import DESKTOP, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_guide, send, somebody, somebody_else_arrives

pytestmark = pytest.mark.browser


def test_a_filled_trap_is_thanked_and_held_for_a_look(visitor: OpenPage, linh: Page, house: House, crm: Crm) -> None:
    robot = somebody("Robo Tự Động")
    page = visitor(DESKTOP)
    page.goto(f"{house.public}/guide")
    fill_guide(page, robot)
    page.locator("[name=_website]").evaluate("trap => { trap.value = 'https://spam.example' }")
    send(page)
    expect(page.locator("h1")).to_have_text(f"Cảm ơn {robot.name}")
    expect(page.locator("a[href^='/d/']")).to_have_count(0)

    somebody_else_arrives(page, house, crm)
    assert crm.types(robot.email) == []
    linh.get_by_role("navigation", name="Chính").get_by_role("link", name="Giữ lại để xem").click()
    held = linh.get_by_role("article").filter(has_text=robot.email)
    expect(held).to_contain_text(robot.name)
    expect(held).to_contain_text("Điền vào ô mà người thường không thấy")


def test_a_link_in_the_name_is_held(visitor: OpenPage, linh: Page, house: House, crm: Crm, person: Person) -> None:
    page = visitor(DESKTOP)
    page.goto(f"{house.public}/guide")
    fill_guide(page, Person("Xem https://spam.example", person.email, person.phone))
    send(page)
    somebody_else_arrives(page, house, crm)
    assert crm.types(person.email) == []
    linh.goto(f"{house.console}/held")
    expect(linh.get_by_role("article").filter(has_text=person.email)).to_be_visible()


def test_people_cannot_find_the_trap(visitor: OpenPage, house: House) -> None:
    page = visitor(DESKTOP)
    page.goto(f"{house.public}/guide")
    trap = page.locator("[name=_website]")
    expect(trap).not_to_be_in_viewport()
    expect(trap).to_have_attribute("tabindex", "-1")
    assert "_website" not in page.locator("form[data-capture]").aria_snapshot()
