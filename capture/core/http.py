"""The only way out: one bounded call to an address that was checked before it was connected to.

Names are looked up once and every address is judged; nothing is redirected, decoded, proxied or remembered.
"""

import http.client
import logging
import queue
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import Any

import certifi
import urllib3.exceptions
from urllib3.connection import HTTPConnection

from capture.core.addresses import Address, Refused, Target, refusal_of, target_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
HEAD_BYTES_MAX = 64 * 1024
# A chunk of one byte needs six on the wire; whoever sends more than this around a body is not talking to us.
WIRE_BYTES_PER_BODY_BYTE = 8
USER_AGENT = "Capture/0.1"

# These say who is asked and where a message ends; a caller that sets them could smuggle a second request.
OWN_HEADERS = frozenset(
    {"connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te", "trailer"}
    | {"transfer-encoding", "upgrade"}
)

FAILURES = frozenset(
    {"bad_url", "bad_header", "bad_port", "insecure", "private_address", "dns_failed"}
    | {"refused", "timed_out", "tls_failed", "reset", "bad_answer"}
)
PERMANENT = frozenset({"bad_url", "bad_header", "bad_port", "insecure", "private_address"})
# The first that fits; TLS errors, refusals and timeouts are all errors of the operating system too.
NAMES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "timed_out"),
    (ssl.SSLError, "tls_failed"),
    (ConnectionRefusedError, "refused"),
    (OSError, "reset"),
    (BaseException, "bad_answer"),
)

Resolver = Callable[[str, int], Sequence[str]]

# The database puts its own check here: a call that may take twenty seconds has no place inside a transaction.
before_send: Callable[[], None] | None = None

# urllib3's warning about odd headers names the whole URL, and a webhook's URL is often its password.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


@dataclass(frozen=True)
class Answer:
    """What the receiver said: header names in lower case, at most `max_bytes` of the body."""

    status: int
    headers: dict[str, str]
    body: bytes
    truncated: bool
    seconds: float


@dataclass(frozen=True)
class Failure:
    """Why there is no answer: a name from FAILURES, whether a person must mend it, and what was seen."""

    name: str
    permanent: bool
    detail: str


@dataclass
class _Pace:
    """What is left of a call's time and of the bytes that it may bring back."""

    total_seconds: float
    connect_seconds: float
    bytes_left: int = HEAD_BYTES_MAX
    began: float = field(default_factory=time.monotonic)

    def seconds_spent(self) -> float:
        return time.monotonic() - self.began

    def seconds_left(self) -> float:
        left = self.total_seconds - self.seconds_spent()
        if left <= 0:
            raise TimeoutError(f"not done after {self.total_seconds:g} seconds")
        return left

    def seconds_for_connecting(self) -> float:
        return min(self.connect_seconds, self.seconds_left())

    def counted(self, received: int) -> int:
        self.bytes_left -= received
        if self.bytes_left < 0:
            raise http.client.HTTPException("the answer is longer than an answer may be")
        return received


class _PacedSocket(socket.socket):
    """A socket that gives each single read and write only what is left of the whole call.

    An ordinary timeout starts anew with each byte: a receiver that sends one a second never lets it expire.
    """

    pace: _Pace

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        self.settimeout(self.pace.seconds_left())
        return self.pace.counted(super().recv_into(buffer, nbytes or len(buffer), flags))

    def send(self, data: Any, flags: int = 0) -> int:
        self.settimeout(self.pace.seconds_left())
        return super().send(data, flags)

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.settimeout(self.pace.seconds_left())
        super().sendall(data, flags)


class _PacedTLSSocket(_PacedSocket, ssl.SSLSocket):
    """The same, encrypted: its `super()` is the TLS socket."""


def send(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: bytes = b"",
    allow: Collection[str] = (),
    total_seconds: float = 20.0,
    connect_seconds: float = 3.0,
    max_bytes: int = 64 * 1024,
    resolve: Resolver | None = None,
    authorities: str = "",
) -> Answer | Failure:
    """Make one call and return what came of it; only a mistake in our own code raises.

    `allow` has the exact `host:port` entries, the host as the URL writes it, that may be private and http.
    Looking the name up and each attempt to connect have `connect_seconds`, all together `total_seconds`.
    An answer that breaks off is a failure, whatever its status was: rather twice than never.
    `authorities` are further certificate authorities as PEM text.
    """
    if before_send is not None:
        before_send()
    if method not in METHODS:
        raise ValueError(f"method {method!r} is not one of {', '.join(METHODS)}")
    pace = _Pace(total_seconds, connect_seconds)
    try:
        target = target_of(url, allow)
        lines = _header_lines(headers, target)
        addresses = _checked_addresses(target, resolve or _look_up, pace)
        with closing(HTTPConnection(target.name, target.port)) as connection:
            connection.auto_open = 0  # connecting again would look the name up again
            connection.sock = _connected(target, addresses, pace, authorities)
            connection.request(method, target.path, body, lines, preload_content=False)
            return _answer(connection, pace, max_bytes)
    except Refused as refused:
        return Failure(refused.name, refused.name in PERMANENT, refused.detail)
    except (OSError, ValueError, http.client.HTTPException, urllib3.exceptions.HTTPError) as error:
        return _failure_of(error)


def _header_lines(headers: Mapping[str, str], target: Target) -> dict[str, str]:
    lines = {name.lower(): value for name, value in headers.items()}
    for name, value in lines.items():
        if not _TOKEN.fullmatch(name) or name in OWN_HEADERS:
            raise Refused("bad_header", f"the name {name[:40]!r}")
        if not _VALUE.fullmatch(value):
            raise Refused("bad_header", f"the value of {name[:40]!r}")
    own = {"host": target.authority, "connection": "close", "accept-encoding": "identity"}
    return {"user-agent": USER_AGENT} | lines | own


def _checked_addresses(target: Target, resolve: Resolver, pace: _Pace) -> list[Address]:
    """Every address of the host, if all may be called: one private among public ones is an attack."""
    addresses = [target.literal] if target.literal else _addresses(target, resolve, pace)
    reasons = [reason for address in addresses if (reason := refusal_of(address))]
    if reasons and not target.allowed:
        raise Refused("private_address", f"{reasons[0]} address")
    return addresses


def _addresses(target: Target, resolve: Resolver, pace: _Pace) -> list[Address]:
    found = _within(lambda: resolve(target.host, target.port), pace.seconds_for_connecting())
    if not found:
        raise Refused("dns_failed", "the name has no address")
    return list(dict.fromkeys(ip_address(text) for text in found))


def _within(look_up: Callable[[], Sequence[str]], seconds: float) -> Sequence[str]:
    """The lookup's result; the system's resolver knows no time limit, so it is left behind in its thread."""
    results: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()

    def run() -> None:
        try:
            results.put(look_up())
        except Exception as error:
            results.put(error)

    threading.Thread(target=run, name="dns", daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except queue.Empty:
        raise Refused("dns_failed", f"no reply after {seconds:.2g} seconds") from None
    if isinstance(result, Exception):
        raise Refused("dns_failed", getattr(result, "strerror", None) or type(result).__name__)
    return result


def _look_up(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _connected(target: Target, addresses: Sequence[Address], pace: _Pace, authorities: str) -> socket.socket:
    line = _first_reached(addresses, target.port, pace)
    if target.scheme == "http":
        return line
    try:
        line.settimeout(pace.seconds_left())
        # Brackets are the URL's spelling; a certificate names the bare address.
        encrypted = _tls(authorities).wrap_socket(line, server_hostname=target.name.strip("[]"))
    except BaseException:
        line.close()
        raise
    assert isinstance(encrypted, _PacedTLSSocket)
    encrypted.pace = pace
    return encrypted


def _first_reached(addresses: Sequence[Address], port: int, pace: _Pace) -> _PacedSocket:
    for address in addresses[:-1]:
        with suppress(OSError):
            return _reached(address, port, pace)
    return _reached(addresses[-1], port, pace)


def _reached(address: Address, port: int, pace: _Pace) -> _PacedSocket:
    line = _PacedSocket(socket.AF_INET if address.version == 4 else socket.AF_INET6, socket.SOCK_STREAM)
    line.pace = pace
    try:
        line.settimeout(pace.seconds_for_connecting())
        line.connect((str(address), port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return line
    except OSError as error:
        line.close()
        if isinstance(error, TimeoutError):
            raise
        raise ConnectionRefusedError(error.errno, error.strerror) from error


@lru_cache(maxsize=8)
def _tls(authorities: str) -> ssl.SSLContext:
    """Certifi's authorities and nothing from the environment."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.hostname_checks_common_name = False
    context.load_verify_locations(cafile=certifi.where())
    if authorities:
        context.load_verify_locations(cadata=authorities)
    context.set_alpn_protocols(["http/1.1"])
    context.sslsocket_class = _PacedTLSSocket
    return context


def _answer(connection: HTTPConnection, pace: _Pace, max_bytes: int) -> Answer:
    with closing(connection.getresponse()) as response:
        pace.bytes_left += WIRE_BYTES_PER_BODY_BYTE * max_bytes
        body = b""
        while len(body) <= max_bytes:
            piece = response.read(max_bytes + 1 - len(body), decode_content=False)
            if not piece:
                break
            body += piece
        headers = {name.lower(): value for name, value in dict(response.headers).items()}
        truncated = len(body) > max_bytes
        return Answer(response.status, headers, body[:max_bytes], truncated, pace.seconds_spent())


def _failure_of(error: Exception) -> Failure:
    """The name of what went wrong on the wire. The detail never has the URL: it may be a secret."""
    cause = error.__cause__ if isinstance(error, urllib3.exceptions.HTTPError) and error.__cause__ else error
    name = next(name for kind, name in NAMES if isinstance(cause, kind))
    reason = getattr(cause, "verify_message", None) or getattr(cause, "strerror", None) or str(cause)
    return Failure(name, False, reason[:200])
