"""The gallery: every template through the marketer's door to a visitor's lead, and no two alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest

from capture.accounts.models import AuditEntry
from capture.core.clock import now
from capture.offers.models import Coupon, Grant
from capture.pages.arts import ARTS, FOLDER
from capture.pages.gallery import Preset, end_of_day, presets
from capture.pages.models import Page
from capture.submissions.models import Submission
from tests.products import Product, csrf_in

BOOK = (Path(__file__).parents[1] / "guide.pdf").read_bytes()
ANSWERS = {
    "name": "Nguyễn An",
    "email": "an@example.com",
    "phone": "+84 912 345 678",
    "message": "Cho tôi hỏi giá.",
    "topic": "cost",
    "consent": "on",
}
MOST_BYTES, MOST_BYTES_OF_A_DRAWING = 30_000, 6_000
NAMES = ["ebook", "coupon", "flash-sale", "newsletter", "contact", "consultation"]


def begun(product: Product, name: str, **typed: Any) -> str:
    """A page from a template in an empty database, published; returns its address."""
    linh = product.signed_in()
    token = csrf_in(linh.get(f"/console/pages/new?preset={name}").text)
    words = {"preset": name, "brand": "Nhà Thử", "slug": "thu", "csrf_token": token}
    made = linh.post("/console/pages/new", data={**words, **typed})
    assert made.status_code == 303, made.text
    page = product.rows(Page, slug="thu")[0].id
    token = csrf_in(linh.get(f"/console/pages/{page}").text)
    published = linh.post(f"/console/pages/{page}/publication", data={"csrf_token": token})
    assert published.status_code == 303, published.text
    return "thu"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_becomes_a_live_page_that_takes_a_lead_and_gives_its_offer(product: Product, name: str) -> None:
    preset = presets()[name]
    file = {"file": (BytesIO(BOOK), "guide.pdf")} if "file" in preset.asks else {}
    begun(product, name, **file)
    visitor = product.app.test_client()
    for locale in ("vi", "en"):
        page = visitor.get(f"/{locale}/thu", headers={"Accept-Encoding": "br"}, follow_redirects=True)
        assert page.status_code == 200
        assert len(page.data) <= MOST_BYTES, "HTML, CSS and drawings, compressed"
        text = brotli.decompress(page.data).decode()
        assert f'<html lang="{locale}"' in text
        assert not re.search(r"\{(brand|value|in_7_days)\}", text)
    sent = visitor.post("/f/thu", data={**_answers(preset), "_page": "thu", "_locale": "vi"})
    assert sent.status_code == 303, sent.text
    assert product.count(Submission) == 1
    assert product.count(Grant) == (1 if preset.offer else 0)
    shown = visitor.get(sent.headers["Location"]).text
    assert {"ebook": "/d/", "coupon": 'class="code"'}.get((preset.offer or {}).get("kind", ""), "Cảm ơn") in shown


def test_an_ebook_may_come_later(product: Product) -> None:
    begun(product, "ebook")
    assert 'action="/f/thu"' in product.app.test_client().get("/thu").text


def test_a_flash_sale_ends_where_its_codes_do(product: Product) -> None:
    begun(product, "flash-sale", value="30 %", limit="12")
    coupon = product.rows(Coupon)[0]
    page = product.app.test_client().get("/thu").text
    told = re.search(r'data-ends="([^"]+)"', page)
    assert told and datetime.fromisoformat(told[1]) == coupon.expires_at.astimezone(UTC)
    assert coupon.expires_at > now()
    assert (coupon.value, coupon.limit) == ("30 %", 12)
    assert "30 %" in page and "20 %" not in page


def test_the_end_of_a_day_is_the_sites() -> None:
    at = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)  # 23 November in Vietnam
    assert end_of_day(at, "Asia/Ho_Chi_Minh", days=7) == datetime(2026, 11, 30, 16, 59, 59, tzinfo=UTC)


def test_what_only_the_marketer_knows_is_hidden_until_it_is_told(product: Product) -> None:
    begun(product, "contact", phone="0905 018 042")
    page = product.app.test_client().get("/thu").text
    assert "https://zalo.me/0905018042" in page
    assert "google.com/maps" not in page, "no address was typed"


def test_all_that_a_template_makes_is_in_the_audit_log(product: Product) -> None:
    begun(product, "coupon", destination="https://crm.example.com/hook")
    entries = product.rows(AuditEntry, actor="linh@example.com")
    made = {(one.action, one.subject): one.details for one in entries if one.action.endswith((".change", ".begin"))}
    assert set(made) >= {
        ("site.change", "site"),
        ("forms.change", "thu"),
        ("offers.change", "thu"),
        ("destinations.change", "crm"),
        ("pages.begin", "thu"),
        ("pages.change", "thu"),
    }
    assert made["offers.change", "thu"]["before"] is None
    assert made["offers.change", "thu"]["after"]["coupon"]["prefix"]
    assert "whsec_" not in str(made), "a secret has no place in a log"


def test_a_phone_that_is_none_is_refused(product: Product) -> None:
    linh = product.signed_in()
    token = csrf_in(linh.get("/console/pages/new?preset=contact").text)
    words = {"preset": "contact", "brand": "Nhà Thử", "phone": "12", "csrf_token": token}
    assert linh.post("/console/pages/new", data=words).status_code == 422
    assert product.count(Page) == 0


def test_an_address_that_nobody_typed_steps_aside_from_what_is_taken(product: Product) -> None:
    linh = product.signed_in()
    for _ in range(2):
        token = csrf_in(linh.get("/console/pages/new?preset=contact").text)
        words = {"preset": "contact", "brand": "Nhà Thử", "title.vi": "T", "slug": "", "csrf_token": token}
        assert linh.post("/console/pages/new", data=words).status_code == 303
    assert [one.slug for one in product.rows(Page)] == ["t-2", "t-3"]
    token = csrf_in(linh.get("/console/pages/new?preset=contact").text)
    typed = {"preset": "contact", "title.vi": "Khác", "slug": "t-2", "csrf_token": token}
    assert linh.post("/console/pages/new", data=typed).status_code == 422, "what was typed is not changed in silence"


@pytest.mark.parametrize("name", NAMES)
def test_a_template_is_shown_whole_before_anything_is_typed(product: Product, name: str) -> None:
    linh = product.signed_in()
    for locale in ("vi", "en"):
        shown = linh.get(f"/console/pages/new/{name}?locale={locale}")
        assert shown.status_code == 200
        assert "band broken" not in shown.text and "{brand}" not in shown.text


def test_no_template_is_told_from_another_by_colours_alone() -> None:
    found = presets().values()
    assert [one.name for one in found] == NAMES
    assert len({tuple(block["type"] for block in one.page["blocks"]) for one in found}) == len(NAMES)
    assert len({next(iter(drawings_of(one))) for one in found}) == len(NAMES)
    assert {one.theme for one in found} == {"giay", "cho", "dem"}


def test_every_text_of_a_template_is_in_both_languages() -> None:
    for preset in presets().values():
        for part in (preset.label, preset.about, preset.page, preset.form, preset.offer):
            for text in texts_in(part):
                assert set(text) == {"vi", "en"} and all(str(one).strip() for one in text.values()), (preset.name, text)


@pytest.mark.parametrize("name", ARTS)
def test_a_drawing_is_light_and_takes_the_colours_of_the_theme(name: str) -> None:
    drawing = (FOLDER / f"{name}.svg").read_text()
    assert len(drawing) <= MOST_BYTES_OF_A_DRAWING or 'class="narrow"' in drawing, "one for phones has two in it"
    assert 'aria-hidden="true"' in drawing or 'role="img"' in drawing
    assert " style=" not in drawing and "<script" not in drawing
    assert re.search(r'<svg[^>]* width="\d+" height="\d+"', drawing), "its place is kept before it is drawn"
    assert not re.search(r"\d{4}", "".join(re.findall(r' d="([^"]+)"', drawing))), "two numbers ran together"


def drawings_of(preset: Preset) -> Iterator[str]:
    return (block["art"] for block in preset.page["blocks"] if "art" in block)


def texts_in(part: Any) -> Iterator[dict[str, str]]:
    """Every map of languages."""
    if isinstance(part, dict) and {"vi", "en"} & set(part):
        yield part
    elif isinstance(part, dict | list):
        for one in part.values() if isinstance(part, dict) else part:
            yield from texts_in(one)


def _answers(preset: Preset) -> dict[str, str]:
    names = {field["name"] for field in (preset.form or {})["fields"]}
    return {name: value for name, value in ANSWERS.items() if name in names}
