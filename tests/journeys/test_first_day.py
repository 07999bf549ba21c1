"""A marketer's first day: from an empty database to a live campaign, with nobody to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browsers import DESKTOP, PHONE, Watched
from tests.journeys.house import House, open_house
from tests.journeys.people import send, somebody

pytestmark = pytest.mark.browser
MOST_CLICKS = 12
COUNT_CLICKS = """
document.addEventListener("click", event => {
  if (event.isTrusted) sessionStorage.setItem("clicks", +sessionStorage.getItem("clicks") + 1);
}, true);
"""


@pytest.fixture(scope="module")
def empty_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("first-day"), with_demo=False) as opened:
        yield opened


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    opened = Watched(browser)
    yield opened
    opened.close()
    assert opened.problems == []


def signed_in(watched: Watched, house: House) -> Page:
    """At the console's first screen, on a laptop."""
    page = watched.page(DESKTOP)
    page.goto(house.sign_in_link("linh@nharang.example"))
    page.locator("main button").click()
    page.goto(f"{house.console}/")
    return page


def test_a_campaign_is_live_after_twelve_clicks_and_one_screen_of_typing(watched: Watched, empty_house: House) -> None:
    house, page = empty_house, signed_in(watched, empty_house)
    page.add_init_script(COUNT_CLICKS)
    page.reload()
    page.get_by_role("link", name="Chọn trang mẫu").click()
    page.locator(".page-card").filter(has_text="Liên hệ").locator("a").click()
    page.get_by_label("Thương hiệu của bạn").fill("Nhà Rang")
    page.locator("[name='title.vi']").fill("Đặt hạt rang")
    page.get_by_label("Gửi lead mới tới đâu").fill(house.crm_address)
    page.get_by_role("button", name="Tạo trang").click()
    page.get_by_role("button", name="Xuất bản bản 1").click()
    expect(page.get_by_text("Đang chạy bản 1")).to_be_visible()
    assert page.evaluate("+sessionStorage.getItem('clicks')") <= MOST_CLICKS

    visitor, person = watched.page(PHONE), somebody()
    visitor.goto(f"{house.public}/dat-hat-rang?utm_source=facebook&utm_medium=cpc")
    visitor.locator("[name=name]").fill(person.name)
    visitor.locator("[name=email]").fill(person.email)
    send(visitor)
    page.goto(f"{house.console}/leads")
    expect(page.get_by_role("link", name=person.name)).to_be_visible()
    page.goto(f"{house.console}/deliveries")
    expect(page.locator("tbody tr").first).to_contain_text(person.name)


def test_what_is_typed_is_saved_and_seen_at_once_and_nothing_is_live_before_it_is_published(
    watched: Watched, house: House, linh_session: str
) -> None:
    page = watched.page(DESKTOP, storage_state=linh_session)
    page.goto(f"{house.console}/pages")
    page.get_by_role("link", name="Bảng giá sỉ").click()
    page.locator("[data-choose=b1]").click()
    page.locator("[name='b.heading.vi']").fill("Giá sỉ cho quán nhỏ")
    preview = page.frame_locator("[data-frame]:not(.waiting)")
    expect(preview.locator("h1")).to_contain_text("Giá sỉ cho quán nhỏ")
    expect(page.locator("[data-saved]")).to_contain_text("Đã lưu")
    page.locator("[data-choose=b2]").press("Alt+ArrowUp")
    expect(page.locator("[data-line]").first).to_have_attribute("data-line", "b2")
    page.locator("[data-toast] button").click()
    expect(page.locator("[data-line]").first).to_have_attribute("data-line", "b1")
    visitor = watched.page(PHONE)
    visitor.goto(f"{house.public}/bang-gia")
    expect(visitor.locator("h1")).not_to_contain_text("quán nhỏ")


@pytest.fixture
def linh_session(session_of_linh: str) -> str:
    return str(Path(session_of_linh))
