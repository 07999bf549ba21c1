"""Finished pages: the same bytes inside the parser's callback and through the ASGI front."""

import re
from typing import Any

import pytest


def undated(head: bytes) -> bytes:
    assert re.search(rb"\r\ndate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", head)
    return re.sub(rb"date: [^\r]+\r\n", b"", head)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", ["/", "/guide", "/guide?utm_source=x%20y"])
@pytest.mark.parametrize("coding", ["identity", "gzip", "gzip, br"])
@pytest.mark.parametrize("more", [(), ("Connection: close",), ('If-None-Match: "ad0c5b76-identity"',)])
def test_both_ways_give_the_same_bytes(
    server: Any, words: Any, method: str, path: str, coding: str, more: tuple[str, ...]
) -> None:
    asked = (f"Accept-Encoding: {coding}", *more)
    quick = server.ask(words.get(path, *asked, method=method), to_head=method == "HEAD")
    # a request that announces a body, if an empty one, is left to uvicorn and the ASGI front
    slow = server.ask(words.get(path, *asked, "Content-Length: 0", method=method), to_head=method == "HEAD")
    assert undated(quick.head) == undated(slow.head)
    assert quick.body == slow.body
    assert quick.status in (200, 304)


def test_an_encoded_address_finds_its_page(server: Any) -> None:
    assert server.get("/%67uide").body == server.get("/guide").body


def test_two_accept_encoding_headers_count_as_one_list(server: Any) -> None:
    twice = ("Accept-Encoding: gzip", "Accept-Encoding: br")
    assert server.get("/guide", *twice).headers["content-encoding"] == "br"
    assert server.get("/guide", *twice, "Content-Length: 0").headers["content-encoding"] == "br"


def test_an_unchanged_page_is_not_sent_again(server: Any) -> None:
    etag = server.get("/guide").headers["etag"]
    unchanged = server.get("/guide", f"If-None-Match: {etag}")
    assert unchanged.status == 304
    assert "content-length" not in unchanged.headers


def test_a_connection_is_kept_until_the_client_ends_it(server: Any, words: Any) -> None:
    with server.call() as line:
        for path in ("/guide", "/echo", "/", "/echo", "/guide"):
            line.say(words.get(path))
            assert line.reply().status == 200
        line.say(words.get("/guide", "Connection: close"))
        assert line.reply().headers["connection"] == "close"
        assert line.ends()


def test_a_page_for_http_1_0_comes_and_ends_the_connection(server: Any) -> None:
    with server.call() as line:
        line.say(b"GET /guide HTTP/1.0\r\n\r\n")
        assert line.reply().status == 200
        assert line.ends()


def test_only_a_page_that_was_seen_is_noted_as_viewed(server: Any, words: Any) -> None:
    etag = server.get("/guide").headers["etag"]
    server.get("/guide?view=quick")
    server.get("/guide?view=slow", "Content-Length: 0")
    server.get("/guide?view=unchanged", f"If-None-Match: {etag}")
    server.ask(words.get("/guide?view=head", method="HEAD"), to_head=True)
    viewed = [view for view in server.get("/viewed").told if "view=" in view]
    assert viewed == ["toy/guide?view=quick", "toy/guide?view=slow", "toy/guide?view=unchanged"]


def test_a_host_that_the_shelf_does_not_know_is_left_to_the_application(server: Any) -> None:
    request = b"GET /guide HTTP/1.1\r\nHost: unknown.example\r\n\r\n"
    assert server.ask(request).told["path"] == "/guide"


def test_a_failing_shelf_costs_speed_and_not_the_page(server: Any) -> None:
    assert server.get("/broken-shelf").told["path"] == "/broken-shelf"


def test_a_failing_tick_does_not_end_the_ticking(server: Any, until: Any) -> None:
    before = server.get("/ticks").told
    assert until(lambda: server.get("/ticks").told > before + 2)
