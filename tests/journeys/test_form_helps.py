"""The form says what is wrong where it is, and helps to mend it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import Person, fill_guide, send

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visitor: OpenPage, house: House) -> Page:
    opened = visitor(PHONE)
    opened.goto(f"{house.public}/guide")
    return opened


def refuse_posts(page: Page) -> None:
    """Any round trip is an error from here on."""
    page.route("**/f/*", lambda route: route.abort())


def words_of_server(page: Page, house: House, name: str) -> str:
    """What the server says about an empty field."""
    with page.context.browser.new_context(java_script_enabled=False) as plain:  # type: ignore[union-attr]
        asked = plain.new_page()
        asked.goto(f"{house.public}/guide")
        asked.locator("[type=submit]").click()
        return asked.locator(f"#f-{name}-error").inner_text()


def test_an_empty_field_is_said_offline_too_in_the_words_of_the_server(page: Page, house: House) -> None:
    page.context.set_offline(True)
    page.locator("[type=submit]").click()
    said = {name: page.locator(f"#f-{name}-error").inner_text() for name in ("name", "email")}
    expect(page.locator("[name=name]")).to_be_focused()
    page.context.set_offline(False)
    for name, text in said.items():
        assert text == words_of_server(page, house, name)
        expect(page.locator(f"[name={name}]")).to_have_attribute("aria-invalid", "true")


def test_everything_that_is_wrong_is_said_in_one_round_with_a_summary(page: Page, person: Person) -> None:
    fill_guide(page, Person("", "lan@", "0912 34"), stage="idea")
    page.locator("[type=submit]").click()
    expect(page.locator(".summary")).to_be_focused()
    expect(page.locator(".summary li")).to_have_count(3)
    for name in ("name", "email", "phone"):
        expect(page.locator(f"#f-{name}-error")).to_be_visible()


def test_a_wrong_email_is_said_when_the_field_is_left_and_goes_when_it_is_right(page: Page) -> None:
    refuse_posts(page)
    email = page.locator("[name=email]")
    email.fill("lan@")
    email.blur()
    expect(page.locator("#f-email-error")).to_have_text("Email này chưa đúng. Ví dụ: ten@gmail.com.")
    email.fill("lan@example.com")
    email.blur()
    expect(page.locator("#f-email-error")).to_have_count(0)
    expect(email).not_to_have_attribute("aria-invalid", "true")


def test_after_a_refusal_the_summary_has_the_focus_and_its_links_lead_to_the_fields(
    page: Page, crm: Crm, person: Person
) -> None:
    fill_guide(page, Person(person.name, person.email, "0912 34"), stage="idea")
    page.locator("[type=submit]").click()
    summary = page.locator(".summary")
    expect(summary).to_be_focused()
    expect(summary.locator("h2")).to_have_text("Còn 1 chỗ cần xem lại")
    expect(page.locator("[name=name]")).to_have_value(person.name)
    expect(page.locator("[name=stage]")).to_have_value("idea")
    summary.locator("a").click()
    expect(page.locator("[name=phone]")).to_be_focused()
    page.locator("[name=phone]").fill(person.phone)
    send(page)
    assert crm.awaited(person.email, "lead.created")["message"]["data"]["submission"]["page"] == "guide"


def test_a_slip_in_the_email_is_mended_by_one_tap(page: Page, crm: Crm, person: Person) -> None:
    before = person.email.split("@")[0]
    fill_guide(page, Person(person.name, f"{before}@gmial.com", person.phone))
    page.locator("[name=email]").blur()
    expect(page.locator(".suggest b")).to_have_text("gmail.com")
    page.locator(".suggest button").click()
    expect(page.locator("[name=email]")).to_have_value(f"{before}@gmail.com")
    expect(page.locator("[name=email]")).to_be_focused()
    expect(page.locator(".suggest")).to_have_count(0)
    send(page)
    crm.awaited(f"{before}@gmail.com", "lead.created")


def test_a_suggestion_never_blocks_sending(page: Page, crm: Crm, person: Person) -> None:
    odd = f"{person.email.split('@')[0]}@gmial.com"
    fill_guide(page, Person(person.name, odd, person.phone))
    page.locator("[name=email]").blur()
    expect(page.locator(".suggest")).to_be_visible()
    send(page)
    crm.awaited(odd, "lead.created")


def test_a_suggestion_is_still_there_when_something_else_is_refused(page: Page, person: Person) -> None:
    fill_guide(page, Person("", f"{person.email.split('@')[0]}@gmial.com", person.phone))
    page.locator("[type=submit]").click()
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator(".suggest b")).to_have_text("gmail.com")


def test_the_keyboard_alone_fills_in_and_sends(visitor: OpenPage, house: House, crm: Crm, person: Person) -> None:
    page = visitor(DESKTOP)
    page.goto(f"{house.public}/guide")
    page.locator("[name=name]").focus()
    for typed in (person.name, person.email, person.phone):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.locator("[type=submit]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/*")
    lead = crm.awaited(person.email, "lead.created")["message"]["data"]["lead"]
    assert lead["attributes"]["stage"] == "idea"
    assert lead["consents"][0]["given"] is True
