"""The WSGI variant: the same shelf, and whole bodies only."""

import io
import time
from dataclasses import replace
from typing import Any

import pytest
import toy

from capture.serving.middleware import BehindProxy


class Said:
    status: str
    headers: dict[str, str]

    def __call__(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        self.status, self.headers = status, dict(headers)


def ask(method: str, path: str, body: bytes = b"", **more: Any) -> tuple[Said, bytes]:
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "HTTP_HOST": "toy",
        "wsgi.input": io.BytesIO(body),
        **more,
    }
    said = Said()
    pieces = BehindProxy(toy.plan())(environ, said)
    return said, b"".join(pieces)


def test_a_page_comes_from_the_shelf() -> None:
    said, body = ask("GET", "/guide", HTTP_ACCEPT_ENCODING="br")
    assert (said.status, said.headers["content-encoding"]) == ("200 OK", "br")
    assert len(body) == int(said.headers["content-length"])


def test_head_has_the_same_headers_and_no_body() -> None:
    whole, _ = ask("GET", "/guide")
    head, body = ask("HEAD", "/guide")
    assert (head.headers, body) == (whole.headers, b"")


def test_an_unchanged_page_is_304() -> None:
    etag = ask("GET", "/guide")[0].headers["etag"]
    assert ask("GET", "/guide", HTTP_IF_NONE_MATCH=etag)[0].status == "304 Not Modified"


def test_a_whole_body_reaches_the_application() -> None:
    assert b'"bytes": 5' in ask("POST", "/lead", b"hello", CONTENT_LENGTH="5")[1]


REFUSED = [
    ("400 Bad Request", b"hel", {"CONTENT_LENGTH": "5"}),
    ("400 Bad Request", b"hello", {"CONTENT_LENGTH": "five"}),
    ("413 ", b"x" * 70_000, {"CONTENT_LENGTH": "70000"}),
    ("411 Length Required", b"hello", {"HTTP_TRANSFER_ENCODING": "chunked"}),
    ("413 ", b"x" * 70_000, {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}),
]


@pytest.mark.parametrize(("status", "body", "more"), REFUSED)
def test_what_is_not_a_whole_body_is_refused(status: str, body: bytes, more: dict[str, Any]) -> None:
    said, _ = ask("POST", "/lead", body, **more)
    assert said.status.startswith(status)
    assert "connection" not in said.headers


def test_chunks_from_a_server_that_knows_their_end_are_read_whole() -> None:
    more = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    assert b'"bytes": 5' in ask("POST", "/lead", b"hello", **more)[1]


def test_more_beacons_than_their_share_are_turned_away() -> None:
    behind = BehindProxy(toy.plan())
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/beacon",
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(),
    }
    said = Said()
    with behind.beacons:
        list(behind(dict(environ), said))
        assert (said.status, said.headers["retry-after"]) == ("503 Service Unavailable", "5")
    list(behind(dict(environ), said))
    assert said.status == "200 OK"


def test_requests_bring_the_tick_along_and_a_failing_one_costs_nothing() -> None:
    behind = BehindProxy(replace(toy.plan(), bounds=replace(toy.plan().bounds, tick_seconds=0.1)))
    before = len(toy.ticks)
    for _ in range(3):
        assert b"".join(behind({"REQUEST_METHOD": "GET", "PATH_INFO": "/guide", "QUERY_STRING": ""}, Said()))
    assert len(toy.ticks) == before + 1
    time.sleep(0.12)
    assert b"".join(behind({"REQUEST_METHOD": "GET", "PATH_INFO": "/guide", "QUERY_STRING": ""}, Said()))
    assert len(toy.ticks) == before + 2
