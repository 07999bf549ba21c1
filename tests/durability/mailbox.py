"""Receivers of the test's own: one that answers as it is told to, and one that never answers."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from tests.conftest import SECRET

Behaviour = Callable[["Arrived"], int | None]


@dataclass(frozen=True)
class Arrived:
    """One verified message, when its body had been read."""

    number: int
    message_id: str
    body: bytes
    at: float

    @property
    def email(self) -> str:
        return str(json.loads(self.body)["data"]["lead"]["email"])


@dataclass
class Mailbox:
    """Keeps what arrives. `answer(arrived)` gives the status, or None for hanging up without one."""

    answer: Behaviour = lambda arrived: 204
    arrived: list[Arrived] = field(default_factory=list)
    guard: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Mailbox:
        self._server = _Server(("127.0.0.1", 0), _Door)
        self._server.mailbox = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        port: int = self._server.server_address[1]
        return port

    def keep(self, message_id: str, body: bytes) -> Arrived:
        with self.guard:
            self.arrived.append(Arrived(len(self.arrived) + 1, message_id, body, time.monotonic()))
            return self.arrived[-1]

    @property
    def times(self) -> Counter[str]:
        """How often each message came."""
        return Counter(one.message_id for one in list(self.arrived))

    def assert_equal_bodies(self) -> None:
        bodies: dict[str, bytes] = {}
        for one in self.arrived:
            assert bodies.setdefault(one.message_id, one.body) == one.body, "the same id with another body"


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    mailbox: Mailbox

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A sender that was killed is what these tests are about."""


class _Door(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        Webhook(SECRET).verify(body, headers, json_parse=False)
        status = self.server.mailbox.answer(self.server.mailbox.keep(headers["webhook-id"], body))
        if status is None:
            self.close_connection = True
            return
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """A line per message would bury everything else."""


@dataclass
class Dead:
    """Accepts whoever calls (the kernel does) and never reads a byte."""

    def __enter__(self) -> Dead:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(1024)
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port
