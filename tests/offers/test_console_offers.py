"""The offer editor: files that are what they say, stock that cannot go below what was given."""

from __future__ import annotations

from io import BytesIO

import pytest

from capture.offers.models import Asset, Offer
from tests.console.editing import opened, posted
from tests.products import Product, typed

PDF = b"%PDF-1.7 a guide"


def uploaded(browser: object, name: str, data: bytes, token: str) -> object:
    body = {"csrf_token": token, "_script": "y", "file": (BytesIO(data), name)}
    return browser.post("/console/offers/-/files", data=body)  # type: ignore[attr-defined]


def test_an_ebook_is_uploaded_offered_and_downloaded(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/offers/-/new?kind=ebook")
    kept = uploaded(browser, "../Cẩm nang Đắk Lắk.PDF", PDF, form["csrf_token"]).json  # type: ignore[attr-defined]
    assert kept == {"name": "cam-nang-dak-lak.pdf", "label": "cam-nang-dak-lak.pdf (0.1 MB)"}
    answer = posted(browser, "/console/offers/-/new?kind=ebook", form, slug="handbook", form="call", asset=kept["name"])
    assert answer.status_code == 303
    thanks = site.app.test_client().post("/f/call", data=typed(email=None, company=None)).headers["Location"]
    page = site.app.test_client().get(thanks).text
    link = page.split('href="/d/', 1)[1].split('"', 1)[0]
    assert site.app.test_client().get(f"/d/{link}", buffered=True).data == PDF


@pytest.mark.parametrize(
    ("name", "data"), [("a.pdf", b"<html>"), ("a.exe", PDF), ("a.epub", PDF), ("", b""), ("a.svg", b"<svg/>")]
)
def test_what_is_no_book_is_refused(site: Product, name: str, data: bytes) -> None:
    browser, before = site.signed_in("marketer"), site.count(Asset)
    token = opened(browser, "/console/offers/book")["csrf_token"]
    answer = uploaded(browser, name, data, token)
    assert answer.status_code == 422 and "PDF, EPUB or ZIP" in answer.json["error"]  # type: ignore[attr-defined]
    assert site.count(Asset) == before


def test_two_files_of_one_name_stay_two_files(site: Product) -> None:
    browser = site.signed_in("marketer")
    token = opened(browser, "/console/offers/book")["csrf_token"]
    names = [uploaded(browser, "guide.pdf", PDF + one, token).json["name"] for one in (b"1", b"2", b"1")]  # type: ignore[attr-defined]
    assert len(set(names)) == 2 and names[0] == names[2] and "guide.pdf" not in names
    before = site.rows(Offer, slug="book")[0].asset_id
    assert (
        posted(browser, "/console/offers/book", opened(browser, "/console/offers/book"), title__en="B").status_code
        == 303
    )
    assert site.rows(Offer, slug="book")[0].asset_id == before, "the offer keeps the file that it had"


@pytest.mark.parametrize("slug", ["files", "new"])
def test_an_offer_may_be_called_as_it_likes(site: Product, slug: str) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/offers/-/new?kind=ebook")
    posted(browser, "/console/offers/-/new?kind=ebook", form, slug=slug, form="call", asset="guide.pdf")
    form = opened(browser, f"/console/offers/{slug}")
    assert posted(browser, f"/console/offers/{slug}", form, title__en="Called so").status_code == 303
    assert "Called so" in browser.get(f"/console/offers/{slug}").text


def test_the_limit_cannot_go_below_what_was_given(site: Product) -> None:
    for number in range(3):
        site.app.test_client().post("/f/guide", data=typed(email=f"a{number}@example.com", phone=None, _page="summer"))
    browser = site.signed_in("marketer")
    page = browser.get("/console/offers/summer").text
    assert "3 codes are given already." in page and "97 of 100 left" in page
    answer = posted(browser, "/console/offers/summer", opened(browser, "/console/offers/summer"), coupon__limit="2")
    assert answer.status_code == 422 and "3 codes are already given, the limit cannot be lower." in answer.text


def test_a_deadline_is_in_the_zone_of_the_site_and_keeps_its_seconds(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/offers/summer")
    assert form["coupon.expires"] == "2027-12-31T23:59:59"
    posted(browser, "/console/offers/summer", form, coupon__expires="2027-01-01T00:00")
    assert opened(browser, "/console/offers/summer")["coupon.expires"] == "2027-01-01T00:00"


def test_the_thank_you_page_is_shown_as_it_will_be(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/offers/summer")
    shown = posted(
        browser, "/console/offers/summer/preview", form, coupon__prefix="TET", coupon__value="45%", _locale="en"
    )
    assert "45%" in shown.text and "TET-" in shown.text and "Thank you, Nguyễn An" in shown.text
    assert "Valid until 31 Dec 2027, 23:59" in shown.text and "<script" not in shown.text
