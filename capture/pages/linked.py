"""What search engines read of a page: JSON-LD in the words of schema.org."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import orjson
from markupsafe import Markup

CURRENCIES = {"₫": "VND", "đ": "VND", "vnd": "VND", "vnđ": "VND", "$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR"}
WHOLE = {"VND"}  # no cents: every point and comma groups thousands
NUMBER = r"(\d[\d.,]*)"
AMOUNT = re.compile(rf"([$€])\s?{NUMBER}|{NUMBER}\s?(₫|đ|vnđ|vnd|usd|eur|\$|€)(?!\w)", re.IGNORECASE)


def linked_data(value: Mapping[str, Any]) -> Markup:
    """As it may stand in a script element: data, which no text in it can end."""
    text = orjson.dumps({"@context": "https://schema.org", **value}).decode()
    for character, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
        text = text.replace(character, code)
    return Markup(text)  # noqa: S704 -- nothing is left that could end the element


def price_of(text: str) -> tuple[str, str] | None:
    """`490.000 ₫` → (`490000`, `VND`); None for what is not plainly one amount with its currency."""
    found = AMOUNT.findall(text)
    if len(found) != 1 or len(re.findall(NUMBER, text)) != 1:
        return None
    before, first, second, after = found[0]
    currency = CURRENCIES[(before or after).lower()]
    return _amount((first or second).rstrip(".,"), currency), currency


def _amount(digits: str, currency: str) -> str:
    cents = re.fullmatch(r"(\d[\d.,]*)[.,](\d{1,2})", digits)
    if currency in WHOLE or cents is None:
        return re.sub(r"[.,]", "", digits)
    return str(Decimal(re.sub(r"[.,]", "", cents[1]) + "." + cents[2]))
