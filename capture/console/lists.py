"""One behaviour for every list: pages by number, addresses that keep the filters."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import request

ROWS = 30


def page_number() -> int:
    text = request.args.get("page", "1")
    return min(max(int(text[:6]), 1), 10_000) if text.isascii() and text.isdigit() else 1


def page_of(total: int, *, per_page: int = ROWS) -> dict[str, Any]:
    """What the pager reads."""
    number, pages = page_number(), max(1, -(-total // per_page))
    return {
        "number": number,
        "pages": pages,
        "total": total,
        "prev": query(page=number - 1) if number > 1 else None,
        "next": query(page=number + 1) if number < pages else None,
    }


def query(**changes: Any) -> str:
    """The current query with some values changed; empty ones left out."""
    kept = {name: value for name, value in request.args.items() if name != "page"}
    merged = {**kept, **changes}
    return "?" + urlencode({name: value for name, value in merged.items() if value not in ("", None, 1)})
