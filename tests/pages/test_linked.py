"""What search engines read: JSON-LD that no text can break out of, and prices that are really prices."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from capture.pages.blocks.pricing import Pricing
from capture.pages.linked import price_of
from tests.pages.composed import compose
from tests.products import Product

LINKED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def linked(product: Product, path: str = "/made") -> list[dict[str, Any]]:
    return [json.loads(text) for text in LINKED.findall(product.app.test_client().get(path).text)]


def test_questions_are_a_faq_page(product: Product, tmp_path: Path) -> None:
    item = {
        "question": {"vi": "Bao lâu?", "en": "How long?"},
        "answer": {"vi": "**72** giờ, {{ param.x | nhanh }}", "en": "72 h"},
    }
    compose(product, tmp_path, {"type": "faq", "items": [item]})
    (found,) = linked(product)
    assert (found["@context"], found["@type"]) == ("https://schema.org", "FAQPage")
    assert found["mainEntity"] == [
        {
            "@type": "Question",
            "name": "Bao lâu?",
            "acceptedAnswer": {"@type": "Answer", "text": "72 giờ, nhanh"},
        }
    ]
    assert linked(product, "/en/made")[0]["mainEntity"][0]["name"] == "How long?"


def test_a_text_cannot_end_the_element(product: Product, tmp_path: Path) -> None:
    question = "</script><script>alert(1)</script><!--"
    compose(product, tmp_path, {"type": "faq", "items": [{"question": question, "answer": "&"}]})
    body = product.app.test_client().get("/made").text
    assert "<script>alert" not in body
    assert linked(product)[0]["mainEntity"][0]["name"] == question


def test_prices_are_offers_and_a_coupon_says_until_when(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, Pricing.example, {"type": "coupon", "heading": "Giảm 15 %"})
    product_, coupon = linked(product)
    assert product_["@type"] == "Product"
    assert product_["offers"][0] == {"@type": "Offer", "name": "Quán nhỏ", "price": "185000", "priceCurrency": "VND"}
    assert (coupon["name"], coupon["validThrough"]) == ("Giảm 15 %", "2036-02-05T16:59:59+00:00")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("490.000 ₫", ("490000", "VND")),
        ("490,000đ", ("490000", "VND")),
        ("từ 20.000 VNĐ", ("20000", "VND")),
        ("165.000 ₫/kg", ("165000", "VND")),
        ("$19.99", ("19.99", "USD")),
        ("$1,200", ("1200", "USD")),
        ("1.234,50 €", ("1234.50", "EUR")),
        ("Miễn phí", None),
        ("12 tháng", None),
        ("100.000 ₫ đến 200.000 ₫", None),
        ("3 túi 90.000 ₫", None),
    ],
)
def test_a_price_is_one_amount_with_its_currency(text: str, found: tuple[str, str] | None) -> None:
    assert price_of(text) == found
