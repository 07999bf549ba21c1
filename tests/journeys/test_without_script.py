"""Everything also works where no script runs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browsers import PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import AD, Person, fill_guide, send, somebody_else_arrives

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(visitor: OpenPage) -> Callable[[], Page]:
    """A page in a browser that runs no script."""
    return lambda: visitor(PHONE, java_script_enabled=False)


def test_a_lead_arrives_with_the_advertisement_that_the_referer_names(
    plain: Callable[[], Page], house: House, crm: Crm, person: Person
) -> None:
    page = plain()
    page.goto(f"{house.public}/guide?{AD}")
    fill_guide(page, person)
    send(page)
    with page.expect_download() as coming:
        page.locator("a.button[href^='/d/']").click()
    assert coming.value.path().read_bytes().startswith(b"%PDF-")
    touch = crm.awaited(person.email, "lead.created")["message"]["data"]["attribution"]["first_touch"]
    assert (touch["channel"], touch["click_ids"]) == ("Paid Social", {"fbclid": "IwAR0abc"})


def test_errors_stand_at_their_fields_and_everything_typed_is_kept(
    plain: Callable[[], Page], house: House, crm: Crm, person: Person
) -> None:
    page = plain()
    page.goto(f"{house.public}/guide?{AD}")
    fill_guide(page, Person("Ẵm <Ngửa>", "lan@", "0912 34"), stage="opening")
    page.locator("[name=consent]").check()
    with page.expect_response("**/f/guide") as answer:
        page.locator("[type=submit]").click()
    assert answer.value.status == 422
    expect(page.locator(".summary a")).to_have_count(2)
    for name, typed in (("email", "lan@"), ("phone", "0912 34")):
        field = page.locator(f"[name={name}]")
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(page.locator(f"#f-{name}-error")).to_be_visible()
        assert f"f-{name}-error" in (field.get_attribute("aria-describedby") or "")
    expect(page.locator("[name=name]")).to_have_value("Ẵm <Ngửa>")
    expect(page.locator("[name=stage]")).to_have_value("opening")
    expect(page.locator("[name=consent]")).to_be_checked()

    page.locator("[name=email]").fill(person.email)
    page.locator("[name=phone]").fill(person.phone)
    send(page)
    touch = crm.awaited(person.email, "lead.created")["message"]["data"]["attribution"]["first_touch"]
    assert (touch["campaign"], touch["landing_page"]) == ("mo-quan", "/guide")


def test_a_link_of_the_summary_leads_to_its_field(plain: Callable[[], Page], house: House) -> None:
    page = plain()
    page.goto(f"{house.public}/guide")
    page.locator("[type=submit]").click()
    page.locator(".summary a").nth(1).click()
    assert page.url.endswith("#f-email")
    expect(page.locator("#f-email")).to_be_in_viewport()


def test_sending_the_same_answers_again_gives_the_same_thanks_and_no_second_lead(
    plain: Callable[[], Page], house: House, crm: Crm, person: Person
) -> None:
    page = plain()
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    first = page.url
    page.goto(f"{house.public}/guide")
    fill_guide(page, person)
    send(page)
    assert page.url == first
    page.reload()
    assert page.url == first
    crm.awaited(person.email, "lead.created")
    somebody_else_arrives(page, house, crm)
    assert crm.types(person.email) == ["lead.created"]
