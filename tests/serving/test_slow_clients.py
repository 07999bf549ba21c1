"""Nobody holds the server up by being slow."""

import selectors
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

SLOW_BODY = b"POST /slow HTTP/1.1\r\nHost: toy\r\nContent-Length: 1000\r\n\r\n"
SLOW_CHUNKS = b"POST /slow HTTP/1.1\r\nHost: toy\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"
SLOW_HEAD = b"GET /guide HTTP/1.1\r\nHost: toy\r\nX: "


@contextmanager
def lines(server: Any, beginnings: list[bytes]) -> Iterator[list[Any]]:
    opened = [server.call() for _ in beginnings]
    try:
        for line, beginning in zip(opened, beginnings, strict=True):
            line.say(beginning)
        yield opened
    finally:
        for line in opened:
            line.close()


def drip(server: Any, opened: list[Any], seconds: float) -> list[float]:
    """A byte for everyone all the time until they are answered, others asking meanwhile; how long those others took."""
    took, end = [], time.monotonic() + seconds
    with selectors.DefaultSelector() as waiting:
        for line in opened:
            waiting.register(line.socket, selectors.EVENT_READ)
        while waiting.get_map() and time.monotonic() < end:
            for key in list(waiting.get_map().values()):
                send_one(key.fileobj)
            began = time.monotonic()
            assert server.get("/guide").status == server.post("/lead", b"hello").status == 200
            took.append(time.monotonic() - began)
            for key, _ in waiting.select(0.05):
                waiting.unregister(key.fileobj)
    return sorted(took)


def send_one(sock: Any) -> None:
    with suppress(ConnectionError):
        sock.send(b"1")


def test_two_hundred_slow_clients_are_all_ended_while_others_are_served(impatient: Any) -> None:
    beginnings = [SLOW_BODY] * 70 + [SLOW_CHUNKS] * 30 + [SLOW_HEAD] * 100
    with lines(impatient, beginnings) as opened:
        took = drip(impatient, opened, seconds=4)
        statuses = [line.reply().status for line in opened]
    assert statuses == [408] * 200
    assert took[len(took) // 2] < 0.2
    assert "/slow" not in [path for path, _ in impatient.get("/delivered").told]


def test_a_body_fast_enough_may_take_longer_than_the_grace(start: Any, words: Any) -> None:
    server = start({"body_grace_seconds": 0.3, "body_bytes_per_second": 1000, "body_seconds": 5})
    with server.call() as line:
        line.say(words.get("/echo", "Content-Length: 1000", method="POST"))
        for _ in range(10):
            line.say(b"x" * 100)
            time.sleep(0.06)
        assert line.reply().told["bytes"] == 1000


def test_a_fast_body_still_meets_the_last_deadline(start: Any, words: Any) -> None:
    server = start({"body_seconds": 0.4})
    with server.call() as line:
        line.say(words.get("/echo", "Content-Length: 1000", method="POST") + b"x" * 999)
        assert line.reply().status == 408


def test_an_idle_connection_is_closed_without_a_word(impatient: Any, words: Any) -> None:
    with impatient.call() as silent, impatient.call() as page, impatient.call() as application:
        page.say(words.get("/guide"))
        application.say(words.get("/echo"))
        assert page.reply().status == application.reply().status == 200
        assert silent.ends() and page.ends() and application.ends()


def test_a_slow_application_is_not_an_idle_client(impatient: Any) -> None:
    assert impatient.get("/echo?sleep=1.2").status == 200


def test_a_slow_second_head_is_ended_too(impatient: Any, words: Any) -> None:
    with impatient.call() as line:
        line.say(words.get("/guide") + b"GET /gui")
        assert line.reply().status == 200
        assert line.reply().status == 408
        assert line.ends()


def test_a_client_that_never_reads_its_pages_is_aborted(impatient: Any, words: Any, until: Any) -> None:
    with impatient.call(receive_buffer=4096) as line:
        line.say(words.get("/guide") * 1000)
        assert impatient.get("/guide").status == 200
        assert until(lambda: is_reset(line, words.get("/guide")))


def test_a_client_that_never_reads_a_long_answer_frees_its_thread(impatient: Any, words: Any, until: Any) -> None:
    size = 60_000_000
    with impatient.call(receive_buffer=4096) as line:
        line.say(words.get(f"/long?bytes={size}"))
        assert until(lambda: ["closed", size] in impatient.get("/delivered").told)
        assert until(lambda: is_reset(line, b"x"))


def test_a_client_that_asks_for_the_end_and_never_reads_is_aborted(impatient: Any, words: Any, until: Any) -> None:
    with impatient.call(receive_buffer=4096) as line:
        line.say(words.get("/long?bytes=9000000", "Connection: close"))
        assert until(lambda: is_reset(line, b"x"))


def is_reset(line: Any, more: bytes) -> bool:
    try:
        line.socket.settimeout(0.2)
        line.say(more)
    except TimeoutError:
        return False
    except ConnectionError:
        return True
    return False
