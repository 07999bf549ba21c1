"""Finished answers and the wording of refusals."""

from dataclasses import replace
from typing import Any

import pytest
import toy

from capture.core.finished import finished
from capture.serving.refusals import refusal_of


def test_a_finished_answer_carries_its_head_as_bytes() -> None:
    page = finished(200, [("ETag", '"a"')], b"hello")
    assert page.head == b'HTTP/1.1 200 OK\r\netag: "a"\r\ncontent-length: 5\r\n'
    assert page.headers == ((b"etag", b'"a"'), (b"content-length", b"5"))


def test_an_unchanged_page_has_no_length() -> None:
    assert finished(304, []).head == b"HTTP/1.1 304 Not Modified\r\n"


def test_a_line_break_in_a_header_is_refused() -> None:
    with pytest.raises(ValueError, match="line break"):
        finished(200, [("X", "a\r\nSet-Cookie: b")])


def test_a_refusal_may_speak_as_the_product_does() -> None:
    plan = replace(toy.plan(), refusal=lambda status, scope: ([(b"x-status", b"%d" % status)], b"sorry"))
    headers, body = refusal_of(plan, 503, {})
    expected = {b"x-status": b"503", b"content-length": b"5", b"connection": b"close", b"retry-after": b"5"}
    assert (dict(headers), body) == (expected, b"sorry")


def test_a_product_that_cannot_word_a_refusal_still_refuses() -> None:
    def fails(status: int, scope: Any) -> Any:
        raise RuntimeError("on purpose")

    _, body = refusal_of(replace(toy.plan(), refusal=fails), 413, {})
    assert b"too long" in body
