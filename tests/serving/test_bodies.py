"""Bodies arrive whole at the application or not at all."""

import itertools
import time
from typing import Any

import pytest

from capture.serving.bodies import neighbourhood

paths = itertools.count()


def chunked(path: str, *sizes: int) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: toy\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    return head + b"".join(b"%x\r\n%s\r\n" % (size, b"x" * size) for size in (*sizes, 0))


def delivered(server: Any, path: str) -> list[int]:
    return [size for one, size in server.get("/delivered").told if one == path]


@pytest.fixture
def path() -> str:
    return f"/body/{next(paths)}"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536])
def test_a_body_up_to_the_cap_arrives_whole(server: Any, path: str, size: int) -> None:
    assert server.post(path, b"x" * size).told["bytes"] == size


@pytest.mark.parametrize("size", [65_537, 200_000])
def test_a_body_over_the_cap_is_refused_before_it_is_read(server: Any, path: str, size: int) -> None:
    refused = server.post(path, b"x" * size)
    assert (refused.status, refused.headers["connection"]) == (413, "close")
    assert delivered(server, path) == []


def test_the_cap_is_the_routes(server: Any) -> None:
    assert server.post("/big", b"x" * 900_000).told["bytes"] == 900_000


def test_a_chunked_body_under_the_cap_is_read_whole(server: Any, path: str) -> None:
    assert server.ask(chunked(path, 10_000, 55_000, 536)).told["bytes"] == 65_536


def test_a_chunked_body_over_the_cap_is_refused_and_not_cut(server: Any, path: str) -> None:
    assert server.ask(chunked(path, 10_000, 55_000, 537)).status == 413
    assert delivered(server, path) == []


@pytest.mark.parametrize(
    "announced", [b"Content-Length: 100\r\n\r\nshort", b"Transfer-Encoding: chunked\r\n\r\nff\r\nshort"]
)
def test_a_cut_body_never_reaches_the_application(server: Any, path: str, announced: bytes) -> None:
    with server.call() as line:
        line.say(b"POST " + path.encode() + b" HTTP/1.1\r\nHost: toy\r\n" + announced)
    server.get("/echo?sleep=0.1")
    assert delivered(server, path) == []


def test_a_broken_chunk_in_a_body_that_began_well_is_refused(server: Any, path: str) -> None:
    assert server.ask(chunked(path, 100)[:-5] + b"zz\r\n").status == 400
    assert delivered(server, path) == []


def test_a_client_that_asks_first_is_told_to_continue(server: Any, words: Any, path: str) -> None:
    with server.call() as line:
        line.say(words.get(path, "Content-Length: 5", "Expect: 100-continue", method="POST"))
        assert line.reply().status == 100
        line.say(b"hello")
        assert line.reply().told["bytes"] == 5


def test_a_client_that_asks_first_is_refused_at_once(server: Any, words: Any, path: str) -> None:
    with server.call() as line:
        line.say(words.get(path, "Content-Length: 5000000", "Expect: 100-continue", method="POST"))
        assert line.reply().status == 413


def test_a_refusal_is_short_plain_text(server: Any, path: str) -> None:
    refused = server.post(path, b"x" * 70_000)
    assert refused.headers["content-type"] == "text/plain; charset=utf-8"
    assert b"too long" in refused.body


def test_of_too_many_slow_bodies_of_one_address_the_slowest_is_ended(start: Any, words: Any, until: Any) -> None:
    server = start({"bodies_per_address": 2, "body_unnoticed_seconds": 0.1, "drain_seconds": 0.05})
    with server.call() as slow, server.call() as slower, server.call() as slowest:
        for line, sent in ((slow, b"xxx"), (slower, b"xx"), (slowest, b"")):
            line.say(words.get("/echo", "Content-Length: 5", method="POST") + sent)
        assert slowest.reply().status == 408
        assert server.post("/echo", b"hello").told["bytes"] == 5
        for line, rest in ((slow, b"xx"), (slower, b"xxx")):
            line.say(rest)
            assert line.reply().told["bytes"] == 5


def test_slow_bodies_of_an_address_keep_nobody_else_there_out(start: Any, words: Any) -> None:
    server = start({"bodies_per_address": 5, "body_unnoticed_seconds": 0.1})
    slow = [server.call() for _ in range(60)]
    try:
        for line in slow:
            line.say(words.get("/echo", "Content-Length: 500", method="POST") + b"x")
        statuses = []
        for _ in range(20):
            statuses.append(server.post("/lead", b"hello").status)
            time.sleep(0.02)
        assert statuses == [200] * 20
        assert [line.reply().status for line in slow[:5]] == [408] * 5
    finally:
        for line in slow:
            line.close()


def test_a_body_that_comes_late_but_fast_outlives_the_slow_ones_of_its_address(start: Any, words: Any) -> None:
    server = start({"bodies_per_address": 1, "body_unnoticed_seconds": 0.1, "drain_seconds": 0.05})
    with server.call() as slow, server.call() as honest:
        slow.say(words.get("/echo", "Content-Length: 5", method="POST") + b"x")
        honest.say(words.get("/echo", "Content-Length: 50000", method="POST") + b"x" * 20_000)
        assert slow.reply().status == 408
        honest.say(b"x" * 30_000)
        assert honest.reply().told["bytes"] == 50_000


def test_more_slow_bodies_than_the_server_reads_are_refused_and_fast_ones_pass(start: Any, words: Any) -> None:
    server = start({"bodies": 0, "body_unnoticed_seconds": 0.05, "drain_seconds": 0.05})
    with server.call() as line:
        line.say(words.get("/echo", "Content-Length: 5", method="POST"))
        assert line.reply().status == 503
    assert server.post("/echo", b"hello").told["bytes"] == 5


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_the_neighbours_of_an_ipv6_address_count_with_it(address: str, counted: str) -> None:
    assert neighbourhood(address) == counted


def test_a_trusted_proxy_is_not_counted_as_one_address(start: Any, words: Any) -> None:
    server = start({"bodies_per_address": 0, "body_unnoticed_seconds": 0.05}, make="toy:behind_proxy")
    with server.call() as line:
        line.say(words.get("/echo", "Content-Length: 5", method="POST"))
        time.sleep(0.2)
        line.say(b"hello")
        assert line.reply().told["bytes"] == 5


def test_more_connections_than_allowed_are_cut_and_the_others_go_on(start: Any, words: Any) -> None:
    server = start({"connections": 2})
    with server.call() as first, server.call() as second:
        for line in (first, second):
            line.say(words.get("/guide"))
            assert line.reply().status == 200
        with server.call() as third:
            assert third.ends()
        first.say(words.get("/guide"))
        assert first.reply().status == 200
