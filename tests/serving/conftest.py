"""A real server in a process of its own, and raw sockets to speak to it."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
LISTENING = re.compile(r"running on http://127\.0\.0\.1:(\d+)")


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    head: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class Line:
    """One connection."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        try:
            self.socket.connect(("127.0.0.1", port))
        except ConnectionError:
            self.socket.close()
            raise
        self.file = self.socket.makefile("rb")

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self, *, to_head: bool = False) -> Reply:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.file.readline()
            if not line:
                raise EOFError(head)
            head += line
        first, *lines = head.decode("latin-1").strip().split("\r\n")
        status = int(first.split()[1])
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        bodiless = to_head or status in (100, 204, 304)
        return Reply(status, headers, b"" if bodiless else self._body(headers), head)

    def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding") != "chunked":
            return self.file.read(int(headers["content-length"]))
        body = b""
        while size := int(self.file.readline() or b"", 16):
            body += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return body

    def ends(self) -> bool:
        """Does the server close the connection without another word?"""
        try:
            return self.file.read(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass
class Toy:
    """A running toy product."""

    process: subprocess.Popen[str]
    port: int = 0
    said: list[str] = field(default_factory=list)
    listening: threading.Event = field(default_factory=threading.Event)

    def listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)
            if found := LISTENING.search(line):
                self.port = int(found[1])
                self.listening.set()
        self.listening.set()

    def call(self, receive_buffer: int | None = None) -> Line:
        return Line(self.port, receive_buffer)

    def ask(self, request: bytes, *, to_head: bool = False) -> Reply:
        with self.call() as line:
            line.say(request)
            return line.reply(to_head=to_head)

    def get(self, path: str, *headers: str) -> Reply:
        return self.ask(get(path, *headers))

    def post(self, path: str, body: bytes = b"", *headers: str) -> Reply:
        return self.ask(post(path, body, *headers))

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def get(path: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: toy", *headers, "", ""]).encode("latin-1")


def post(path: str, body: bytes = b"", *headers: str) -> bytes:
    return get(path, f"Content-Length: {len(body)}", *headers, method="POST") + body


@contextmanager
def toy(options: dict[str, Any], bounds: dict[str, Any]) -> Iterator[Toy]:
    paths = os.pathsep.join((str(ROOT), str(HERE)))
    own = {"TOY_BOUNDS": json.dumps(bounds), "TOY_FILE": str(options.pop("file_bytes", 800)), "PYTHONPATH": paths}
    environment = {**os.environ, **own}
    command = [sys.executable, str(HERE / "start_toy.py"), json.dumps(options)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        running = Toy(process)
        reader = threading.Thread(target=running.listen)
        reader.start()
        try:
            assert running.listening.wait(15)
            yield running
        finally:
            running.end()
            reader.join()


@pytest.fixture(scope="session")
def server() -> Iterator[Toy]:
    """The toy as it comes, shared by the tests that only ask."""
    with toy({}, {"tick_seconds": 0.05}) as running:
        yield running


@pytest.fixture(scope="session")
def impatient() -> Iterator[Toy]:
    """A toy whose every deadline is short."""
    bounds = {
        "head_seconds": 0.8,
        "idle_seconds": 0.8,
        "stalled_seconds": 0.6,
        "sweep_seconds": 0.1,
        "body_seconds": 1.0,
        "body_grace_seconds": 0.8,
        "body_bytes_per_second": 1_000_000,
        "body_unnoticed_seconds": 0.3,
        "bodies_per_address": 50,
        "drain_seconds": 0.3,
    }
    with toy({}, bounds) as running:
        yield running


@pytest.fixture(scope="session")
def served() -> Callable[..., Any]:
    """A toy for a `with` of one's own: `served(options, bounds)`."""
    return toy


@pytest.fixture
def start() -> Iterator[Callable[..., Toy]]:
    """Start a toy of one's own: `start(bounds, processes=2)`."""
    opened = []

    def begin(bounds: dict[str, Any] | None = None, **options: Any) -> Toy:
        manager = toy(options, bounds or {})
        opened.append(manager)
        return manager.__enter__()

    yield begin
    for manager in opened:
        manager.__exit__(None, None, None)


@pytest.fixture(scope="session")
def until() -> Callable[[Callable[[], bool]], bool]:
    """Wait until something is true, at most five seconds."""

    def wait(true: Callable[[], bool]) -> bool:
        latest = time.monotonic() + 5
        while not (now := true()) and time.monotonic() < latest:
            time.sleep(0.02)
        return now

    return wait


@pytest.fixture(scope="session")
def words() -> type:
    """The bytes of requests: `words.get(path, *headers)` and `words.post(path, body, *headers)`."""
    return type("Words", (), {"get": staticmethod(get), "post": staticmethod(post)})
