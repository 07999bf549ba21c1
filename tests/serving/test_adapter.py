"""Answers of the application: short ones whole, long ones in pieces, broken ones recognisable as such."""

from typing import Any

import pytest


@pytest.mark.parametrize("size", [0, 10_000, 250_000])
def test_a_short_answer_says_how_long_it_is(server: Any, size: int) -> None:
    reply = server.get(f"/long?bytes={size}")
    assert (reply.headers["content-length"], len(reply.body)) == (str(size), size)


@pytest.mark.parametrize("size", [270_000, 5_000_000])
def test_a_long_answer_comes_in_pieces_and_whole(server: Any, size: int) -> None:
    reply = server.get(f"/long?bytes={size}")
    assert reply.headers["transfer-encoding"] == "chunked"
    assert reply.body == b"x" * size


def test_a_failure_is_500_in_plain_text(server: Any) -> None:
    reply = server.get("/broken")
    assert (reply.status, reply.headers["content-type"]) == (500, "text/plain; charset=utf-8")


def test_a_failure_before_much_was_made_is_500(server: Any) -> None:
    assert server.get("/long?bytes=10000&fails=1").status == 500


def test_a_failure_in_the_middle_leaves_the_answer_unfinished(server: Any, words: Any) -> None:
    with server.call() as line:
        line.say(words.get("/long?bytes=700000&fails=1"))
        with pytest.raises((ValueError, EOFError, ConnectionError)):
            line.reply()


def test_a_client_that_leaves_in_the_middle_stops_the_application(server: Any, words: Any, until: Any) -> None:
    size = 900_000_000
    with server.call() as line:
        line.say(words.get(f"/long?bytes={size}"))
        line.file.read(500_000)
    assert until(lambda: ["closed", size] in server.get("/delivered").told)
