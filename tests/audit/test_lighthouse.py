"""Every template of the gallery, published as it comes, and the demo's pages: what Lighthouse gives them on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from capture.pages.gallery import presets
from tests.audit.lighthouse import CATEGORIES, RUN_SECONDS, RUNS, figures, judged
from tests.journeys.house import ROOT, House, open_house

LEAST = 0.98
TYPED = {"brand": "Nhà Rang", "phone": "0905 018 042", "address": "18 Lê Hồng Phong, Buôn Ma Thuột"}
pytestmark = pytest.mark.timeout(300 + 2 * RUNS * RUN_SECONDS)  # the first also waits for all pages to be made


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[House]:
    """A site that began empty, with a page of every template."""
    with open_house(tmp_path_factory.mktemp("campaign"), with_demo=False) as opened:
        with browser.new_context(locale="vi-VN") as context:
            page = context.new_page()
            page.goto(opened.sign_in_link("linh@nharang.example"))
            page.locator("main button").click()
            page.wait_for_url("**/console/password")
            for name in presets():
                begin_and_publish(page, opened, name)
        yield opened


def begin_and_publish(page: Page, house: House, name: str) -> None:
    """As a marketer does it, with everything answered that a template asks."""
    page.goto(f"{house.console}/pages/new?preset={name}")
    for field, text in {**TYPED, "slug": name}.items():
        if page.locator(f"[name={field}]").count():
            page.locator(f"[name={field}]").fill(text)
    if page.locator("[name=file]").count():
        page.locator("[name=file]").set_input_files(ROOT / "tests" / "guide.pdf")
    page.get_by_role("button", name="Tạo trang").click()
    page.get_by_role("button", name="Xuất bản bản 1").click()
    expect(page.get_by_text("Đang chạy bản 1")).to_be_visible()


def assert_good(name: str, address: str, folder: Path) -> None:
    verdict = figures[name] = judged(address, folder)
    scores = {category: verdict.score(category) for category in CATEGORIES}
    low = [category for category, score in scores.items() if score < LEAST]
    assert not low, "\n".join(
        [
            f"{name} {category} {scores[category]:.2f}\n    " + "\n    ".join(verdict.costly(category))
            for category in low
        ]
    )


@pytest.mark.parametrize("name", list(presets()))
def test_a_page_of_the_gallery_is_among_the_best(name: str, campaign: House, tmp_path: Path) -> None:
    assert_good(name, f"{campaign.public}/{name}", tmp_path)


@pytest.mark.parametrize("path", ["/", "/en", "/tet", "/bang-gia"])
def test_a_page_of_the_demo_is_among_the_best(path: str, house: House, tmp_path: Path) -> None:
    assert_good(path, house.public + path, tmp_path)
