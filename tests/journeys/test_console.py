"""A colleague's day at the console."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage
from tests.journeys.house import Crm, House
from tests.journeys.people import AD, Person, fill_guide, send, somebody

pytestmark = pytest.mark.browser
PASSWORD = "phin sữa đá buổi sáng"


@pytest.fixture
def lead(visitor: OpenPage, house: House, crm: Crm) -> Person:
    """Somebody who is in the CRM already."""
    came = somebody(f"Đặng Thị Thắm {secrets.token_hex(3)}")
    page = visitor(DESKTOP)
    page.goto(f"{house.public}/guide?{AD}")
    fill_guide(page, came, stage="chain")
    send(page)
    crm.awaited(came.email, "lead.created")
    return came


def sent(crm: Crm, person: Person) -> dict[str, Any]:
    return crm.awaited(person.email, "lead.created")


def found(page: Page, text: str) -> Locator:
    """The rows of the list after a search."""
    page.locator("main [name=q]").fill(text)
    page.locator("main [name=q]").press("Enter")
    page.wait_for_url("**/leads?*q=*")
    return page.locator("tbody tr")


def open_lead(page: Page, house: House, person: Person) -> None:
    page.goto(f"{house.console}/leads")
    found(page, person.email).get_by_role("link", name=person.name).click()
    expect(page.locator("h1")).to_have_text(person.name)


def test_the_first_link_opens_once_a_password_opens_again(colleague: OpenPage, house: House) -> None:
    email = f"tu.{secrets.token_hex(4)}@nharang.example"
    link = house.sign_in_link(email, role="marketer", name="Cẩm Tú")
    page = colleague(DESKTOP)
    page.goto(link)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mật khẩu mới").fill("quá ngắn")
    page.locator("main form").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Lưu mật khẩu").click()
    expect(page.get_by_label("Mật khẩu mới")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Mật khẩu mới").fill(PASSWORD)
    page.get_by_role("button", name="Lưu mật khẩu").click()
    expect(page.get_by_role("status").first).to_contain_text("mật khẩu")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="Đăng xuất").click()
    page.wait_for_url("**/console/sign-in")

    page.get_by_label("Email").fill(email)
    page.get_by_label("Mật khẩu").fill("một mật khẩu khác hẳn")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Email")).to_have_value(email)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("details.me")).to_contain_text("Cẩm Tú")

    used = colleague(DESKTOP)
    answer = used.goto(link)
    assert answer is not None
    assert answer.status == 410


def test_strangers_are_asked_to_sign_in_everywhere(colleague: OpenPage, house: House) -> None:
    page = colleague(DESKTOP)
    for path in ("/", "/leads", "/deliveries", "/held", "/nothing-here"):
        page.goto(house.console + path)
        assert page.url.split("?")[0].endswith("/console/sign-in"), path


def test_a_lead_is_found_by_name_email_and_phone(linh: Page, house: House, lead: Person) -> None:
    spaced = f"{lead.phone[:4]} {lead.phone[4:7]} {lead.phone[7:]}"
    for text in (lead.name, lead.email, lead.phone, spaced):
        linh.goto(f"{house.console}/leads")
        expect(found(linh, text).filter(has_text=lead.name)).to_have_count(1)


def test_a_name_is_found_without_its_marks(linh: Page, house: House, lead: Person) -> None:
    unmarked = "dang thi tham " + lead.name.rsplit(" ", 1)[1]
    linh.goto(f"{house.console}/leads")
    expect(found(linh, unmarked).filter(has_text=lead.name)).to_have_count(1)


def test_a_lead_shows_its_score_reasons_journey_and_deliveries(
    linh: Page, house: House, crm: Crm, lead: Person
) -> None:
    told = sent(crm, lead)["message"]["data"]["lead"]
    open_lead(linh, house, lead)
    expect(linh.locator(".verdict .figure > b")).to_have_text(str(told["score"]))
    receipt = linh.locator("main .receipt")
    expect(receipt.locator(".total dd")).to_have_text(str(told["score"]))
    for reason in told["reasons"]:
        expect(receipt).to_contain_text(reason["label"])
    expect(linh.locator(".timeline")).to_contain_text("/guide")
    expect(linh.locator("[aria-labelledby=came]")).to_contain_text("mo-quan")
    delivery = linh.locator("[aria-labelledby=sent] li").filter(has_text="Lead mới")
    expect(delivery).to_contain_text("Đã giao")


def test_the_receipt_of_a_lead_adds_up(linh: Page, house: House, lead: Person) -> None:
    open_lead(linh, house, lead)
    shown = linh.locator("main .receipt div:not(.subtotal):not(.total) > dt + dd").all_inner_texts()
    points = [int(text.replace("−", "-").replace("+", "")) for text in shown]
    assert sum(points) == int(linh.locator("main .receipt .total dd").inner_text())


def test_every_group_of_rules_is_there_however_the_page_comes_in(linh: Page, house: House) -> None:
    for _ in range(4):
        linh.goto(f"{house.console}/scoring")
        heights = linh.locator(".rules-of").evaluate_all("all => all.map(one => one.offsetHeight)")
        assert len(heights) > 3 and min(heights) > 40, heights


def test_a_message_sent_again_reaches_the_crm_under_the_same_id(
    linh: Page, house: House, crm: Crm, lead: Person
) -> None:
    before = sent(crm, lead)
    open_lead(linh, house, lead)
    linh.locator("[aria-labelledby=sent] li").filter(has_text="Lead mới").get_by_role("link").click()
    expect(linh.locator("main")).to_contain_text(before["id"])
    linh.get_by_role("button", name="Gửi lại").click()
    expect(linh.get_by_role("status").first).to_be_visible()
    again = crm.awaited(lead.email, "lead.created", count=2)
    assert (again["id"], again["again"]) == (before["id"], True)
    assert again["message"] == before["message"]


def test_the_console_can_be_used_by_keyboard_alone(linh: Page, house: House, lead: Person) -> None:
    linh.keyboard.press("Tab")
    expect(linh.locator(".skip")).to_be_focused()
    linh.keyboard.press("Enter")
    expect(linh.locator("main")).to_be_focused()
    linh.keyboard.press("/")
    expect(linh.locator("#palette")).to_be_visible()
    linh.keyboard.press("Escape")
    expect(linh.locator("#palette")).to_be_hidden()
    linh.goto(f"{house.console}/leads?q={lead.email}")
    row = linh.get_by_role("link", name=lead.name)
    tab_to(linh, row)
    linh.keyboard.press("Enter")
    expect(linh.locator("h1")).to_have_text(lead.name)


def tab_to(page: Page, target: Locator, most: int = 80) -> None:
    """Press Tab until the target has the focus; the focus can always be seen."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if target.evaluate("one => one === document.activeElement"):
            assert (
                target.evaluate(
                    "one => getComputedStyle(one).outlineStyle + getComputedStyle(one, '::after').outlineStyle"
                )
                != "nonenone"
            )
            return
    raise AssertionError(f"{most} times Tab did not reach the target")


@pytest.mark.parametrize(("locale", "words"), [("vi-VN", "Giao nhận"), ("en-US", "Delivery"), ("fr-FR", "Delivery")])
def test_the_console_speaks_the_language_of_the_browser(
    colleague: OpenPage, house: House, session_of_linh: str, locale: str, words: str
) -> None:
    page = colleague(DESKTOP, locale, storage_state=session_of_linh)
    page.goto(f"{house.console}/deliveries")
    expect(page.locator("h1")).to_have_text(words)
    expect(page.locator("html")).to_have_attribute("lang", "vi" if locale == "vi-VN" else "en")


def test_on_a_phone_every_screen_is_one_tap_away(colleague: OpenPage, house: House, session_of_linh: str) -> None:
    page = colleague(PHONE, storage_state=session_of_linh)
    page.goto(f"{house.console}/")
    for name in ("Lead", "Các trang", "Biểu mẫu", "Giao nhận", "Hôm nay"):
        page.locator(".bar").get_by_role("link", name=name).tap()
        expect(page.locator(".bar [aria-current=page]")).to_contain_text(name)


def test_dark_is_chosen_once_and_stays(linh: Page, house: House) -> None:
    linh.locator("details.me summary").click()
    linh.get_by_role("button", name="Tối").click()
    expect(linh.locator("html")).to_have_attribute("data-theme", "dark")
    linh.goto(f"{house.console}/leads")
    expect(linh.locator("html")).to_have_attribute("data-theme", "dark")
