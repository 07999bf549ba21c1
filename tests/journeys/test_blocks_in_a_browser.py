"""Blocks that do something, in a real browser: nothing of others before consent, the server's clock, no push."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.journeys.browsers import DESKTOP, PHONE, OpenPage, Watched
from tests.journeys.house import House
from tests.journeys.test_page_is_calm import A_HAIR

pytestmark = pytest.mark.browser
HOST = "blocks.localhost"
ENDS = datetime(2036, 2, 5, 16, 59, 59, tzinfo=UTC)
VENDORS = {"connect.facebook.net", "www.googletagmanager.com", "analytics.tiktok.com", "s.zzcdn.me"}
SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) sum += one.value; }).observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 400);
})"""


class Outside:
    """The rest of the world, which answers nothing; who was asked is kept."""

    def __init__(self, page: Page) -> None:
        self.asked: set[str] = set()
        page.context.route(lambda address: HOST not in address, self._answer)

    def _answer(self, route: Route) -> None:
        self.asked.add(urlsplit(route.request.url).hostname or "")
        route.fulfill(body="", content_type="text/javascript")


@pytest.fixture
def asked(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages of which some may ask others, because somebody agreed to it."""
    watched = Watched(browser)
    yield watched.page
    watched.close()
    assert [problem for problem in watched.problems if "asked another host" not in problem] == []


@pytest.mark.parametrize(("device", "path"), [(PHONE, "/blocks"), (DESKTOP, "/en/blocks")])
def test_a_page_of_all_blocks_breaks_no_rule_and_pushes_nothing(
    visitor: OpenPage, house: House, device: dict[str, object], path: str
) -> None:
    page = visitor(device)
    page.goto(f"{house.at(HOST)}{path}?city=Hu%E1%BA%BF")
    assert page.evaluate(SHIFTS) < A_HAIR
    expect(page.locator("h1")).to_contain_text("Huế")
    expect(page.locator("[data-stock] [role=status]")).to_contain_text("20")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_words_from_the_address_are_text_and_only_words(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    for hostile in ("%3Cimg%20src=x%20onerror=alert(1)%3E", "https://evil.example", "x" * 60):
        page.goto(f"{house.at(HOST)}/blocks?city={hostile}")
        expect(page.locator("[data-param]")).to_have_text("quán")


def test_nothing_of_others_before_consent_and_after_a_refusal(asked: OpenPage, house: House) -> None:
    page = asked(PHONE)
    outside = Outside(page)
    page.goto(f"{house.at(HOST)}/blocks")
    banner = page.get_by_role("region", name="Cài đặt cookie")
    expect(banner).to_be_visible()
    no, yes = (page.locator(f"[data-answer={answer}]").bounding_box() for answer in ("refuse", "consent"))
    assert no and yes and (no["width"], no["height"], no["y"]) == (yes["width"], yes["height"], yes["y"])
    page.locator("[data-answer=refuse]").click()
    expect(banner).to_be_hidden()
    page.reload()
    expect(banner).to_be_hidden()
    assert outside.asked == set()
    page.get_by_role("button", name="Cài đặt cookie").click()
    expect(banner).to_be_focused()
    with page.expect_response("**/ztracker.js*"):
        page.locator("[data-answer=consent]").click()
    expect(page.get_by_role("button", name="Cài đặt cookie")).to_be_focused()
    assert outside.asked == VENDORS


def test_the_conversion_has_the_id_of_the_submission(asked: OpenPage, house: House) -> None:
    page = asked(PHONE)
    outside = Outside(page)
    page.add_init_script("localStorage.setItem('capture:consent', 'yes')")
    page.goto(f"{house.at(HOST)}/blocks")
    outside.asked.clear()
    page.get_by_label("Email").fill("conversion@example.com")
    page.get_by_role("button", name="Gửi").click()
    page.wait_for_url("**/thanks/*")
    submission = page.url.rsplit("/", 1)[1].split(".")[0]
    frame = page.wait_for_selector("iframe", state="attached").content_frame()
    assert frame is not None
    frame.wait_for_function("window.ttq")
    assert frame.url.endswith(f"/_thanks/{submission}")
    assert frame.evaluate("fbq.queue") == [["init", "123456789012"], ["track", "Lead", {}, {"eventID": submission}]]
    assert frame.evaluate("ttq.find(([name]) => name === 'track')[3].event_id") == submission
    assert page.evaluate("typeof fbq") == "undefined", "the address with the token is not theirs to see"


def test_who_did_not_agree_has_no_frame_on_the_thank_you_page(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    page.goto(f"{house.at(HOST)}/blocks")
    page.locator("[data-answer=refuse]").click()
    page.get_by_label("Email").fill("refused@example.com")
    page.get_by_role("button", name="Gửi").click()
    page.wait_for_url("**/thanks/*")
    expect(page.locator("iframe")).to_have_count(0)


def test_a_player_of_another_company_comes_when_it_is_asked_for(asked: OpenPage, house: House) -> None:
    page = asked(DESKTOP)
    outside = Outside(page)
    page.goto(f"{house.at(HOST)}/blocks")
    page.locator("[data-answer=refuse]").click()
    play = page.get_by_role("link", name="Xem từ YouTube")
    assert play.get_attribute("href") == "https://www.youtube.com/watch?v=dQw4w9WgXcQ"
    assert outside.asked == set()
    play.click()
    expect(page.locator(".screen iframe")).to_be_focused()
    assert outside.asked == {"www.youtube-nocookie.com"}


def test_the_countdown_goes_by_the_servers_clock(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE)
    page.add_init_script("const There = Date; Date.now = () => There.UTC(2000, 1, 1);")
    page.goto(f"{house.at(HOST)}/blocks")
    days = page.locator("[data-unit=days]")
    expect(days).to_have_text(str((ENDS - datetime.now(UTC)).days))
    expect(page.locator("time")).to_have_text("23:59, 05.02.2036")


def test_a_chat_that_is_opened_and_a_search_are_counted(asked: OpenPage, house: House) -> None:
    page = asked(PHONE)
    Outside(page)
    page.add_init_script("localStorage.setItem('capture:consent', 'yes')")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.url.endswith("/t") else None)
    page.goto(f"{house.at(HOST)}/blocks")
    page.evaluate("addEventListener('click', (event) => event.target.closest('a') && event.preventDefault())")
    page.get_by_role("link", name="Nhắn qua Zalo").click()
    page.get_by_label("Tìm hạt").fill("robusta")
    page.get_by_label("Tìm hạt").press("Enter")
    page.wait_for_url("**/blocks?q=robusta")
    assert '"kind":"chat_click"' in "".join(sent) and '"name":"zalo"' in "".join(sent)
    assert '"kind":"site_search"' in "".join(sent) and '"name":"robusta"' in "".join(sent)


def test_without_script_everything_can_be_read_and_nobody_is_asked(visitor: OpenPage, house: House) -> None:
    page = visitor(PHONE, java_script_enabled=False)
    page.goto(f"{house.at(HOST)}/blocks")
    expect(page.locator("time")).to_be_visible()
    expect(page.locator(".clock")).to_be_hidden()
    expect(page.get_by_text("Có 20 mã")).to_be_visible()
    expect(page.locator("[data-consent]")).to_be_hidden()
    expect(page.get_by_role("button", name="Cài đặt cookie")).to_be_hidden()
