"""Drawings are written again from what is harmless: no script, no style, no address."""

from __future__ import annotations

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from capture.pictures.svg import sanitised

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 10">'
HOSTILE = [
    "<script>alert(1)</script>",
    "<script href='https://evil.example/x.js'/>",
    "<rect onload='alert(1)' onclick='alert(1)'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><iframe src='https://evil.example'/></body></foreignObject>",
    "<image href='https://evil.example/x.png'/>",
    "<image xlink:href='data:image/svg+xml;base64,AAAA'/>",
    "<use href='https://evil.example/x.svg#a'/>",
    "<use xlink:href='//evil.example/x.svg#a'/>",
    "<a href='javascript:alert(1)'><rect/></a>",
    "<rect fill='url(https://evil.example/x#a)'/>",
    "<rect style='fill:url(https://evil.example/x)'/>",
    "<rect style='background:url(x);behavior:url(#x)'/>",
    "<style>@import url(https://evil.example); .a{fill:url(//evil.example)}</style><rect class='a'/>",
    "<style>rect{fill:red}</style>",
    "<animate attributeName='href' values='javascript:alert(1)'/>",
    "<set attributeName='onload' to='alert(1)'/>",
    "<text><script>alert(1)</script></text>",
    "<filter id='f'><feImage href='https://evil.example/x'/></filter>",
    "<rect fill='&#x75;rl(https://evil.example)'/>",
    "<rect clip-path='url(\\68ttps://evil.example)'/>",
    "<svg><script>alert(1)</script></svg>",
    "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>",
]
REFUSED = [
    b"<svg",
    b"<svg/>",
    b"<html><svg viewBox='0 0 1 1'/></html>",
    b"<!DOCTYPE svg [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><svg viewBox='0 0 9 9'><text>&b;</text></svg>",
    b"<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg viewBox='0 0 9 9'><text>&a;</text></svg>",
    (HEAD + "<g>" * 9000 + "</g>" * 9000 + "</svg>").encode(),
    (HEAD + "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g></svg>").encode(),
    (HEAD + "<rect/>" * 7000 + "</svg>").encode(),
]


def is_harmless(body: bytes) -> bool:
    names = {"script", "foreignObject", "image", "style", "a", "iframe", "animate", "set", "filter", "feImage"}
    for element in fromstring(body).iter():
        if element.tag.rpartition("}")[2] in names:
            return False
        for name, value in element.attrib.items():
            local = name.rpartition("}")[2].lower()
            is_address = local == "href" and not value.startswith("#")
            if local.startswith("on") or local == "style" or is_address or ("url(" in value and "url(#" not in value):
                return False
    return True


@pytest.mark.parametrize("inside", HOSTILE)
def test_what_acts_or_fetches_is_left_out(inside: str) -> None:
    body, width, height = sanitised((HEAD + inside + "</svg>").encode())
    assert is_harmless(body)
    assert b"evil" not in body and b"<script" not in body and (width, height) == (10, 10)


@pytest.mark.parametrize("data", REFUSED)
def test_what_is_no_sound_drawing_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be used"):
        sanitised(data)


def test_a_drawing_of_a_drawing_program_keeps_its_colours() -> None:
    inside = (
        "<defs><style>.cls-1,.cls-2{fill:#1f5a41}.cls-2{stroke:#fff;stroke-width:2px}</style>"
        "<linearGradient id='g'><stop offset='0' style='stop-color:#f00'/></linearGradient></defs>"
        "<path class='cls-2' d='M0 0h10v10z'/><rect fill='url(#g)' width='5' height='5'/><use xlink:href='#g'/>"
    )
    body = sanitised((HEAD + inside + "</svg>").encode())[0].decode()
    assert 'fill="#1f5a41"' in body and 'stroke="#fff"' in body and 'stop-color="#f00"' in body
    assert 'fill="url(#g)"' in body and 'href="#g"' in body


@given(
    st.lists(st.sampled_from([*HOSTILE, "<g>", "</g>", "text", "<path d='M0 0'/>", "<![CDATA[<script>]]>"]), max_size=8)
)
def test_no_mixture_gets_through(pieces: list[str]) -> None:
    try:
        body = sanitised((HEAD + "".join(pieces) + "</svg>").encode())[0]
    except ValueError:
        return
    assert is_harmless(body)
