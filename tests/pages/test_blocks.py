"""Every block: its contract, hostile texts in it, and what each does that others don't."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pydantic import ValidationError
from sqlalchemy import update

from capture.core.errors import Invalid
from capture.core.transactions import transaction
from capture.offers import stock
from capture.offers.models import Coupon
from capture.pages import block as contract
from capture.pages.block import blocks
from capture.pages.pictures import PictureNow
from capture.pages.render import render_page
from tests.attacks.hostile import NAUGHTY, difference, shape_of
from tests.pages.composed import compose, made_page, place_here
from tests.products import Product

PICTURE = PictureNow(
    name="workshop",
    alt={"vi": "Xưởng", "en": "Workshop"},
    width=1600,
    height=900,
    sources=(("image/avif", "/p/1.avif 800w, /p/2.avif 1600w"), ("image/webp", "/p/1.webp 800w")),
    src="/p/1.jpg",
    focal="top-left",
)
MARKDOWN = {"text", "faq"}  # where a text may make elements of its own
PLACE = 'x {{ param.city | <b>"a" }} {{ param.city | Đà Lạt }} y'


@pytest.fixture
def pictured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every picture that an example names is there."""
    names = {name for block in blocks().values() for name in contract.pictures_in(dict(block.example))}
    monkeypatch.setattr(contract, "pictures_of", lambda _site: dict.fromkeys(names, PICTURE))


def with_texts(value: Any, text: str, name: str = "") -> Any:
    """The same block with this text wherever a marketer may write freely."""
    if isinstance(value, Mapping) and set(value) <= {"vi", "en"}:
        return dict.fromkeys(value, text)
    if isinstance(value, Mapping):
        return {key: with_texts(one, text, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [with_texts(one, text, name) for one in value]
    is_free = isinstance(value, str) and name in {"value", "quote", "name", "address", "heading", "body"}
    return text[:80] if is_free else value


class Attributes(HTMLParser):
    """The values of all attributes on a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.values += [value for _name, value in attrs if value]


@pytest.mark.parametrize("name", sorted(blocks()))
def test_a_block_is_shown_in_both_languages_and_never_by_parts(
    product: Product, tmp_path: Path, pictured: None, name: str
) -> None:
    compose(product, tmp_path, blocks()[name].example, *_form_beside(name))
    client = product.app.test_client()
    for path in ("/made", "/en/made"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert shape_of(answer.text).dangers == []
        assert answer.text.count("<h1") == 1
        for tag in re.findall(r"<(?:img|video)\b[^>]*>", answer.text):
            assert " width=" in tag and " height=" in tag, "without its size it would push the page"


@pytest.mark.parametrize("name", sorted(set(blocks()) - {"form"}))
def test_a_hostile_text_in_a_block_is_shown_as_text(
    product: Product, tmp_path: Path, pictured: None, name: str
) -> None:
    example, client = dict(blocks()[name].example), product.app.test_client()
    compose(product, tmp_path, with_texts(example, "plain words"))
    benign = client.get("/made").text
    for text in ("".join(NAUGHTY[:12]), " ".join(NAUGHTY[12:26])):
        compose(product, tmp_path, with_texts(example, text))
        hostile = client.get("/made").text
        assert shape_of(hostile).dangers == []
        assert name in MARKDOWN or difference(hostile, benign) == {}
        assert "7777*7777" in text and "60481729" not in hostile or "7777*7777" not in text


@pytest.mark.parametrize("name", sorted(set(blocks()) - {"form"}))
def test_words_from_the_address_have_their_place_in_texts_and_the_fallback_elsewhere(
    product: Product, tmp_path: Path, pictured: None, name: str
) -> None:
    compose(product, tmp_path, with_texts(dict(blocks()[name].example), PLACE), title=PLACE, description=PLACE)
    body = product.app.test_client().get("/made").text
    assert '<span data-param="city">Đà Lạt</span>' in body or name in {"coupon", "logos", "image", "gallery"}
    assert not [value for value in Attributes(body).values if "data-param" in value or "param.city | Đà Lạt" in value]
    assert "Đà Lạt" in body.split("</title>")[0]
    assert "<b>" not in body.split("<main")[1].split("</main>")[0] or name in {"testimonials", "pricing"}


@pytest.mark.parametrize(
    "text", ["{{ config }}", "{{ param.__class__ }}", "{{ param._key | x }}", "{{ param['a'] }}", "{% raw %}{{ 7*7 }}"]
)
def test_what_is_no_place_is_shown_as_it_was_typed(product: Product, tmp_path: Path, text: str) -> None:
    compose(product, tmp_path, {"type": "hero", "heading": text})
    body = product.app.test_client().get("/made").text
    assert f"<h1>{text.replace(chr(39), '&#39;')}</h1>" in body
    assert "data-param" not in body
    assert "params.js" not in body


def test_a_picture_comes_in_every_format_and_keeps_its_place(product: Product, tmp_path: Path, pictured: None) -> None:
    hero = {"type": "hero", "heading": "Xin chào", "picture": "workshop"}
    compose(product, tmp_path, hero, {"type": "image", "picture": "workshop"})
    body = product.app.test_client().get("/en/made").text
    first, second = re.findall(r"<picture>.*?</picture>", body, re.DOTALL)
    assert '<source type="image/avif" srcset="/p/1.avif 800w, /p/2.avif 1600w"' in second
    assert 'class="at-top-left"' in second and 'loading="lazy"' in second and 'alt="Workshop"' in second
    assert "lazy" not in first and 'fetchpriority="high"' in first


def test_a_broken_block_is_told_to_the_editor_and_kept_from_visitors(product: Product, tmp_path: Path) -> None:
    image = {"type": "image", "picture": "gone", "caption": "Đây rồi"}
    voice = {"quote": "Ngon", "name": "An", "picture": "lost"}
    compose(
        product, tmp_path, {"type": "hero", "heading": "Xin chào"}, image, {"type": "testimonials", "items": [voice]}
    )
    site, page = made_page()
    content = {**page.content, "blocks": [*page.content["blocks"], {"type": "carousel", "speed": 3}]}
    broken = replace(page, content=content)
    with product.app.test_request_context():
        seen = render_page(site, broken, "vi", origin="http://localhost")
        edited = render_page(site, broken, "vi", origin="http://localhost", is_preview=True)
    assert "gone" not in seen and "lost" not in seen and "carousel" not in seen and "Đây rồi" not in seen
    assert "Ngon" in seen, "a voice without its portrait is still a voice"
    for named in ("Không có hình “gone”.", "Không có hình “lost”.", "<b>carousel</b>"):
        assert named in edited
    assert product.app.test_client().get("/made").status_code == 200


def test_what_a_page_has_once_is_refused_twice(product: Product, tmp_path: Path) -> None:
    footer = {"type": "footer", "text": "a"}
    with pytest.raises(Invalid, match="a page has one footer"):
        compose(product, tmp_path, footer, footer)


def test_the_end_of_a_countdown_is_a_date_and_then_a_sentence(product: Product, tmp_path: Path) -> None:
    ends = datetime(2026, 12, 1, 16, 59, 59, tzinfo=UTC)
    compose(product, tmp_path, {"type": "countdown", "ends": ends.isoformat(), "over": "Hết rồi"})
    client = product.app.test_client()
    with time_machine.travel(ends - timedelta(hours=1), tick=False):
        body = client.get("/made").text
        assert '<time datetime="2026-12-01T16:59:59+00:00">23:59, 01.12.2026</time>' in body
        assert re.search(r"data-over hidden>Hết rồi", body)
    with time_machine.travel(ends + timedelta(seconds=1), tick=False):
        body = client.get("/made").text
        assert "data-ends" not in body and re.search(r"data-over>Hết rồi", body)


def test_the_stock_of_a_coupon_is_what_the_database_says(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, {"type": "coupon"})
    client = product.app.test_client()
    body = client.get("/made").text
    assert "Có 200 mã" in body and 'data-stock="/_stock/tet"' in body
    with transaction() as write:
        write.execute(update(Coupon).values(claimed=186))
    stock._read.clear()
    answer = client.get("/_stock/tet")
    assert answer.json == {"limit": 200, "left": 14, "ended": False}
    assert answer.headers["Cache-Control"] == "public, max-age=1"
    assert client.get("/_stock/none").status_code == 404
    assert client.get("/_stock/tet", headers={"Host": "foreign.example"}).status_code == 421


def test_a_coupon_block_without_a_coupon_is_not_there(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, {"type": "coupon", "heading": "Mã"}, offer=None)
    assert "Mã" not in product.app.test_client().get("/made").text.split("<main")[1]


@pytest.mark.parametrize(
    ("source", "given", "kept"),
    [
        ("youtube", "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=3", "dQw4w9WgXcQ"),
        ("youtube", "https://youtu.be/dQw4w9WgXcQ?si=x", "dQw4w9WgXcQ"),
        ("youtube", "https://www.youtube.com/shorts/dQw4w9WgXcQ", "dQw4w9WgXcQ"),
        ("youtube", "https://evil.example/watch?v=dQw4w9WgXcQ", None),
        ("youtube", 'x" onload="y', None),
        ("vimeo", "https://vimeo.com/76979871", "76979871"),
        ("vimeo", "../../x", None),
        ("own", "tour-2", "tour-2"),
        ("own", "../secret_key", None),
    ],
)
def test_a_video_is_named_by_its_address_or_its_id(source: str, given: str, kept: str | None) -> None:
    shape = blocks()["video"].shape
    data = {"type": "video", "source": source, "video": given}
    if kept is None:
        with pytest.raises(ValidationError):
            shape.model_validate(data)
    else:
        assert shape.model_validate(data).video == kept  # type: ignore[attr-defined]


def test_a_video_of_our_own_is_served_in_ranges_and_nothing_beside_it(product: Product, tmp_path: Path) -> None:
    folder = Path(product.app.config["SETTINGS"].instance) / "videos"
    folder.mkdir(exist_ok=True)
    (folder / "tour.mp4").write_bytes(b"0123456789")
    (folder / "notes.txt").write_text("secret")
    compose(product, tmp_path, {"type": "video", "source": "own", "video": "tour"})
    client = product.app.test_client()
    page = client.get("/made")
    assert '<source src="/_video/tour.mp4" type="video/mp4">' in page.text and 'preload="none"' in page.text
    assert "media-src 'self'" in page.headers["Content-Security-Policy"]
    with client.get("/_video/tour.mp4", headers={"Range": "bytes=2-4"}) as part:
        assert (part.status_code, part.data, part.headers["X-Content-Type-Options"]) == (206, b"234", "nosniff")
    for path in ("/_video/notes.txt", "/_video/..%2Fsecret_key", "/_video/.mp4", "/_video/none.mp4"):
        assert client.get(path).status_code == 404


def test_the_spots_outside_the_flow(product: Product, tmp_path: Path) -> None:
    made = [dict(blocks()[name].example) for name in ("footer", "sticky", "consent", "hero", "form")]
    compose(product, tmp_path, *made, site={"legal": "Công ty cũ"})
    body = product.app.test_client().get("/made").text
    assert body.count("<footer") == 1 and "Công ty cũ" not in body and "MST 6001234567" in body
    assert body.index("data-consent ") < body.index("<header"), "the first thing that the keyboard meets"
    assert body.count('class="call') == 1 and body.index('class="call') > body.index("<form")
    assert "data-consent-open" in body.split("<footer")[1]


def test_search_may_be_sent_to_the_named_site_alone(product: Product, tmp_path: Path) -> None:
    search = {"type": "search", "action": "https://shop.example.com/search", "name": "s"}
    compose(product, tmp_path, search)
    policy = product.app.test_client().get("/made").headers["Content-Security-Policy"]
    assert "form-action 'self' https://shop.example.com;" in policy


def test_a_row_of_a_comparison_has_a_cell_for_each_column(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, blocks()["comparison"].example)
    data = {
        "columns": ["a", "b", "c"],
        "rows": [{"label": "x", "cells": ["1"]}, {"label": "y", "cells": list("12345")}],
    }
    shown = blocks()["comparison"].shown(data, place_here())
    assert [row["cells"] for row in shown["rows"]] == [["1", "", ""], ["1", "2", "3"]]


def _form_beside(name: str) -> list[dict[str, Any]]:
    return [] if name == "form" else [{"type": "form"}]
