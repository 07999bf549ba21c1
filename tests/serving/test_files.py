"""Files go out while no thread waits for the client."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

SIZE = 8_000_000
WHOLE = b"".join(b"%07d\n" % place for place in range(0, SIZE, 8))
ONE_THREAD = {"lanes": {"leads": (1, 1), "beacons": (1, 1), "rest": (1, 1)}}


@pytest.fixture(scope="module")
def library(served: Any) -> Iterator[Any]:
    with served({"file_bytes": SIZE}, ONE_THREAD) as running:
        yield running


def test_clients_that_read_slowly_hold_no_thread(library: Any, words: Any) -> None:
    readers = [library.call(receive_buffer=4096) for _ in range(8)]
    for reader in readers:
        reader.say(words.get("/file"))
        assert reader.socket.recv(1) == b"H"
    began = time.monotonic()
    assert library.get("/echo").status == library.post("/lead", b"hello").status == 200
    assert time.monotonic() - began < 1
    for reader in readers:
        reader.close()


def test_a_file_arrives_whole(library: Any) -> None:
    reply = library.get("/file")
    assert (reply.status, int(reply.headers["content-length"])) == (200, SIZE)
    assert reply.body == WHOLE


@pytest.mark.parametrize(("asked", "start", "end"), [("0-0", 0, 1), ("5-99", 5, 100), ("-100", SIZE - 100, SIZE)])
def test_a_part_of_a_file(library: Any, asked: str, start: int, end: int) -> None:
    reply = library.get("/file", f"Range: bytes={asked}")
    assert (reply.status, reply.body) == (206, WHOLE[start:end])
    assert reply.headers["content-range"] == f"bytes {start}-{end - 1}/{SIZE}"


def test_head_says_how_long_a_file_is(library: Any, words: Any) -> None:
    assert library.ask(words.get("/file", method="HEAD"), to_head=True).headers["content-length"] == str(SIZE)


def test_two_files_on_one_connection(library: Any, words: Any) -> None:
    with library.call() as line:
        line.say(words.get("/file") + words.get("/file", "Range: bytes=8-15"))
        assert line.reply().body == WHOLE
        assert line.reply().body == b"0000008\n"


def test_a_client_that_goes_away_leaves_no_open_file(library: Any, words: Any, until: Any) -> None:
    with library.call(receive_buffer=4096) as line:
        line.say(words.get("/file"))
        assert line.socket.recv(1) == b"H"
        assert until(lambda: open_files(library) > 0)
    assert until(lambda: open_files(library) == 0)


def test_a_client_that_never_reads_a_file_is_aborted(start: Any, words: Any, until: Any) -> None:
    server = start({"stalled_seconds": 0.4, "sweep_seconds": 0.1}, file_bytes=SIZE)
    with server.call(receive_buffer=4096) as line:
        line.say(words.get("/file"))
        assert until(lambda: open_files(server) > 0)
        assert until(lambda: open_files(server) == 0)


def test_more_files_than_allowed_are_refused_for_a_while(start: Any, words: Any) -> None:
    server = start({"files": 1}, file_bytes=SIZE)
    with server.call(receive_buffer=4096) as line:
        line.say(words.get("/file"))
        assert line.socket.recv(1) == b"H"
        refused = server.get("/file")
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        assert server.get("/echo").status == 200


def open_files(server: Any) -> int:
    links = []
    for path in Path(f"/proc/{server.process.pid}/fd").iterdir():
        with suppress(OSError):
            links.append(str(path.readlink()))
    return sum(".pdf" in link for link in links)
