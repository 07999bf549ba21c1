"""The only way out, against receivers on loopback that misbehave in every way known to us."""

import gzip
import shutil
import socket
import ssl
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.core import http
from capture.core.http import Answer, Failure, send

NAME = "crm.example.test"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SLACK_SECONDS = 0.6

Script = Callable[[Any, "Receiver"], None]


@dataclass
class Receiver:
    """A server that does what its script says with each connection."""

    script: Script
    context: ssl.SSLContext | None = None
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @contextmanager
    def running(self) -> Iterator["Receiver"]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
            thread.start()
            yield self
            self.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(2)

    def _run(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with suppress(OSError), peer:
                peer.settimeout(2)
                self._serve(peer)

    def _serve(self, peer: socket.socket) -> None:
        if self.context is None:
            self.script(peer, self)
        else:
            with self.context.wrap_socket(peer, server_side=True) as line:
                self.script(line, self)

    def read(self, peer: socket.socket) -> bytes:
        """One whole request."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += peer.recv(65536) or b"\r\n\r\n"
        head, _, body = data.partition(b"\r\n\r\n")
        length = next((int(x[15:]) for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), 0)
        while len(body) < length:
            body += peer.recv(65536)
        self.requests.append(head + b"\r\n\r\n" + body)
        return self.requests[-1]

    def call(self, path: str = "/hook", method: str = "POST", **more: Any) -> Answer | Failure:
        """Call this receiver by name, over what it speaks."""
        scheme = "https" if self.context else "http"
        options: dict[str, Any] = {
            "headers": {},
            "body": b"{}",
            "allow": [f"{NAME}:{self.port}"],
            "resolve": loopback,
        } | more
        return send(method, f"{scheme}://{NAME}:{self.port}{path}", **options)


def loopback(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def replies(*parts: bytes, pause: float = 0) -> Script:
    def script(peer: Any, receiver: Receiver) -> None:
        receiver.read(peer)
        for part in parts:
            peer.sendall(part)
            receiver.over.wait(pause)

    return script


def hangs(first: bytes = b"") -> Script:
    def script(peer: Any, receiver: Receiver) -> None:
        receiver.read(peer)
        peer.sendall(first)
        receiver.over.wait(2)

    return script


def breaks_off(first: bytes = b"") -> Script:
    def script(peer: Any, receiver: Receiver) -> None:
        receiver.read(peer)
        peer.sendall(first)
        time.sleep(0.05 if first else 0)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return script


def ignores(peer: Any, receiver: Receiver) -> None:
    receiver.over.wait(2)


def answered(answer: Answer | Failure) -> Answer:
    assert isinstance(answer, Answer), answer
    return answer


def name_of(failure: Answer | Failure) -> str:
    assert isinstance(failure, Failure), failure
    assert failure.name in http.FAILURES
    assert failure.permanent == (failure.name in http.PERMANENT)
    assert failure.detail
    return failure.name


@dataclass(frozen=True)
class Certificate:
    file: Path
    key: Path

    @property
    def pem(self) -> str:
        return self.file.read_text()

    @property
    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def openssl(*arguments: str, folder: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("the openssl command is not installed")
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem")


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("certificate")
    names = f"subjectAltName=DNS:{NAME},IP:127.0.0.1"
    openssl("req", "-x509", *NEW_KEY, "-out", "cert.pem", "-subj", "/CN=other", "-addext", names, folder=folder)
    return Certificate(folder / "cert.pem", folder / "key.pem")


EXPIRED = f"""
[ca]
default_ca = own
[own]
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:{NAME}
"""


@pytest.fixture(scope="session")
def expired(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("expired")
    for name, text in {"ca.cnf": EXPIRED, "index.txt": "", "serial": "01\n"}.items():
        (folder / name).write_text(text)
    openssl("req", "-new", *NEW_KEY, "-out", "request.pem", "-subj", "/CN=other", folder=folder)
    dates = ("-startdate", "20200101000000Z", "-enddate", "20200201000000Z")
    signing = ("-selfsign", "-keyfile", "key.pem", "-in", "request.pem", "-out", "cert.pem", "-notext")
    openssl("ca", "-batch", "-config", "ca.cnf", *signing, *dates, folder=folder)
    return Certificate(folder / "cert.pem", folder / "key.pem")


# What a call is


def test_an_answer_has_status_lower_case_headers_and_body() -> None:
    reply = b"HTTP/1.1 201 Created\r\nX-Id: 7\r\nX-More: a\r\nX-More: b\r\nContent-Length: 5\r\n\r\nhello"
    with Receiver(replies(reply)).running() as receiver:
        answer = answered(receiver.call())
    assert (answer.status, answer.body, answer.truncated) == (201, b"hello", False)
    assert (answer.headers["x-id"], answer.headers["x-more"]) == ("7", "a, b")
    assert 0 < answer.seconds < SLACK_SECONDS


def test_the_receiver_sees_our_headers_our_body_and_its_own_name() -> None:
    with Receiver(replies(OK)).running() as receiver:
        receiver.call("/hook?a=1", headers={"Webhook-Id": "m1", "Content-Type": "application/json"}, body=b'{"a":1}')
        head, _, body = receiver.requests[0].partition(b"\r\n\r\n")
    lines = head.decode().lower().split("\r\n")
    assert lines[0] == "post /hook?a=1 http/1.1"
    assert f"host: {NAME}:{receiver.port}" in lines
    assert {"webhook-id: m1", "content-type: application/json", "content-length: 7", "connection: close"} <= {*lines}
    assert body == b'{"a":1}'


def test_a_user_agent_is_sent_unless_the_caller_has_one() -> None:
    with Receiver(replies(OK)).running() as receiver:
        receiver.call()
        receiver.call(headers={"user-agent": "Mine/1"})
    assert b"user-agent: Capture" in receiver.requests[0]
    assert b"user-agent: Mine/1" in receiver.requests[1]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_other_methods_work_too(method: str) -> None:
    with Receiver(replies(b"HTTP/1.1 204 No Content\r\n\r\n")).running() as receiver:
        assert answered(receiver.call(method=method, body=b"")).status == 204
    assert receiver.requests[0].startswith(method.encode() + b" /hook ")


def test_an_unknown_method_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="method"):
        send("GET / HTTP/1.1\r\n", "https://crm.example/", headers={})


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(status: int) -> None:
    with Receiver(replies(OK)).running() as other:
        there = f"http://127.0.0.1:{other.port}/"
        moved = f"HTTP/1.1 {status} Moved\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n"
        with Receiver(replies(moved.encode())).running() as receiver:
            assert answered(receiver.call()).status == status
    assert other.requests == []


def test_cookies_are_not_remembered() -> None:
    with Receiver(replies(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n")).running() as receiver:
        receiver.call()
        receiver.call()
    assert b"cookie" not in receiver.requests[1].lower()


def test_proxies_in_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    with Receiver(replies(OK)).running() as receiver:
        assert answered(receiver.call()).status == 200


def test_the_database_can_forbid_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise RuntimeError("a transaction is open")

    monkeypatch.setattr(http, "before_send", refuse)
    with Receiver(replies(OK)).running() as receiver, pytest.raises(RuntimeError, match="transaction"):
        receiver.call()
    assert receiver.requests == []


# The body is bounded


def test_a_long_body_is_cut_and_says_so() -> None:
    reply = b"HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n" + b"x" * 1_000_000
    with Receiver(replies(reply)).running() as receiver:
        answer = answered(receiver.call())
    assert (len(answer.body), answer.truncated) == (65536, True)


@pytest.mark.parametrize(("length", "truncated"), [(0, False), (10, False), (11, True)])
def test_a_answered_exactly_the_limit_is_whole(length: int, truncated: bool) -> None:
    with Receiver(replies(b"HTTP/1.0 200 OK\r\n\r\n" + b"x" * length)).running() as receiver:
        answer = answered(receiver.call(max_bytes=10))
    assert (len(answer.body), answer.truncated) == (min(length, 10), truncated)


def test_a_chunked_body_is_put_together() -> None:
    chunks = b"1\r\na\r\n" * 3000 + b"0\r\n\r\n"
    with Receiver(replies(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)).running() as receiver:
        assert answered(receiver.call()).body == b"a" * 3000


def test_a_compressed_body_is_left_compressed() -> None:
    bomb = gzip.compress(b"0" * 1_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n".encode()
    with Receiver(replies(head + bomb)).running() as receiver:
        assert answered(receiver.call()).body == bomb


# Time is bounded

DRIP = tuple(b"x" for _ in range(40))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(hangs(), id="never answers"),
        pytest.param(hangs(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"), id="hangs after the headers"),
        pytest.param(hangs(b"HTTP/1.1 200 OK\r\nX-Half: "), id="hangs within the headers"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 40, pause=0.05), id="drips headers"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\nX-A: ", *DRIP, pause=0.05), id="drips one header"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\n\r\n", *DRIP, pause=0.05), id="drips a body without a length"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *DRIP, pause=0.05), id="drips a body"),
        pytest.param(
            replies(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 40, pause=0.05),
            id="drips chunks",
        ),
        pytest.param(replies(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 40, pause=0.05), id="drips interim answers"),
    ],
)
def test_a_slow_receiver_is_given_up_when_the_total_time_is_over(script: Script) -> None:
    with Receiver(script).running() as receiver:
        began = time.monotonic()
        outcome = receiver.call(total_seconds=0.2)
        taken = time.monotonic() - began
    assert name_of(outcome) == "timed_out"
    assert 0.15 < taken < 0.2 + SLACK_SECONDS


def test_a_receiver_that_never_reads_a_large_body_is_given_up() -> None:
    with Receiver(ignores).running() as receiver:
        began = time.monotonic()
        assert name_of(receiver.call(total_seconds=0.2, body=b"x" * 20_000_000)) == "timed_out"
    assert time.monotonic() - began < 0.2 + SLACK_SECONDS


def test_an_encrypted_drip_is_cut_as_well(certificate: Certificate) -> None:
    script = replies(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", *DRIP, pause=0.05)
    with Receiver(script, certificate.context).running() as receiver:
        began = time.monotonic()
        assert name_of(receiver.call(total_seconds=0.3, authorities=certificate.pem)) == "timed_out"
    assert time.monotonic() - began < 0.3 + SLACK_SECONDS


def test_a_handshake_that_never_ends_is_cut() -> None:
    with Receiver(ignores).running() as receiver:
        outcome = receiver_over_tls(receiver, total_seconds=0.2)
    assert name_of(outcome) == "timed_out"


def test_a_slow_name_server_has_its_own_limit() -> None:
    def slow(host: str, port: int) -> list[str]:
        time.sleep(0.6)
        return ["127.0.0.1"]

    began = time.monotonic()
    assert name_of(send("POST", "https://crm.example/", headers={}, resolve=slow, connect_seconds=0.1)) == "dns_failed"
    assert time.monotonic() - began < 0.5


# What breaks has a name


@pytest.mark.parametrize(
    ("script", "name"),
    [
        pytest.param(breaks_off(), "reset", id="breaks off at once"),
        pytest.param(replies(), "reset", id="hangs up without a word"),
        pytest.param(breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "reset", id="200, then reset"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "bad_answer", id="half a body"),
        pytest.param(replies(b"SSH-2.0-OpenSSH\r\n"), "bad_answer", id="another protocol"),
        pytest.param(replies(b"HTTP/1.1 abc\r\n\r\n"), "bad_answer", id="no status"),
        pytest.param(replies(b"HTTP/2.0 200 OK\r\n\r\n"), "bad_answer", id="another version"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 500), "bad_answer", id="many headers"),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 99_000), "bad_answer", id="a long header"),
        pytest.param(replies(b"HTTP/1.1 100 Continue\r\n\r\n" * 9000), "bad_answer", id="endless interim answers"),
        pytest.param(
            replies(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 60_000 + b"\r\na\r\nzz\r\n"),
            "bad_answer",
            id="a chunk that is none",
        ),
        pytest.param(
            replies(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                *[b"1;" + b"a" * 999 + b"\r\na\r\n"] * 999,
            ),
            "bad_answer",
            id="much ado about a chunk",
        ),
        pytest.param(replies(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab"), "bad_answer", id="two lengths"),
    ],
)
def test_a_broken_answer_is_a_failure_with_a_name(script: Script, name: str) -> None:
    with Receiver(script).running() as receiver:
        assert name_of(receiver.call()) == name


def test_a_port_where_nobody_listens_is_refused() -> None:
    with Receiver(replies()).running() as gone:
        pass
    assert name_of(gone.call()) == "refused"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with Receiver(replies(OK)).running() as receiver:
        answer = receiver.call(resolve=lambda host, port: ["::1", "127.0.0.9", "127.0.0.1"])
    assert answered(answer).status == 200


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label")])
def test_a_name_that_cannot_be_looked_up_is_a_failure(error: Exception) -> None:
    def fail(host: str, port: int) -> list[str]:
        raise error

    assert name_of(send("POST", "https://crm.example/", headers={}, resolve=fail)) == "dns_failed"


def test_a_name_without_an_address_is_a_failure() -> None:
    assert name_of(send("POST", "https://crm.example/", headers={}, resolve=lambda host, port: [])) == "dns_failed"


def test_a_failure_never_repeats_the_address_it_may_be_a_secret() -> None:
    for script in (replies(b"junk\r\n"), breaks_off(), replies(b"HTTP/1.1 200 OK\r\n: odd\r\n\r\n")):
        with Receiver(script).running() as receiver:
            assert "s3cret" not in repr(receiver.call("/s3cret"))


def test_odd_headers_do_not_bring_the_address_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with Receiver(replies(b"HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n")).running() as receiver:
        receiver.call("/s3cret")
    assert "s3cret" not in caplog.text


# Encryption


def receiver_over_tls(receiver: Receiver, **more: Any) -> Answer | Failure:
    url = f"https://{NAME}:{receiver.port}/hook"
    return send("POST", url, headers={}, allow=[f"{NAME}:{receiver.port}"], resolve=loopback, **more)


def test_the_certificate_is_checked_against_the_name_in_the_url(certificate: Certificate) -> None:
    context = certificate.context
    names: list[str | None] = []
    context.sni_callback = lambda line, name, _: names.append(name)
    with Receiver(replies(OK), context).running() as receiver:
        answer = receiver.call(authorities=certificate.pem)
    assert answered(answer).body == b"ok"
    assert names == [NAME]
    assert f"host: {NAME}:{receiver.port}".encode() in receiver.requests[0].lower()


@pytest.mark.parametrize("host", [f"{NAME}.", "127.0.0.1"])
def test_a_final_dot_and_an_address_are_checked_as_well(host: str, certificate: Certificate) -> None:
    with Receiver(replies(OK), certificate.context).running() as receiver:
        place = f"{host}:{receiver.port}"
        more: dict[str, Any] = {"allow": [place], "resolve": loopback, "authorities": certificate.pem}
        assert answered(send("POST", f"https://{place}/", headers={}, **more)).status == 200


@pytest.mark.parametrize("host", ["other", "evil.example.test"])
def test_a_certificate_for_another_name_is_refused(host: str, certificate: Certificate) -> None:
    with Receiver(replies(OK), certificate.context).running() as receiver:
        place = f"{host}:{receiver.port}"
        more: dict[str, Any] = {"allow": [place], "resolve": loopback, "authorities": certificate.pem}
        assert name_of(send("POST", f"https://{place}/", headers={}, **more)) == "tls_failed"
    assert receiver.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(certificate: Certificate) -> None:
    with Receiver(replies(OK), certificate.context).running() as receiver:
        assert name_of(receiver.call()) == "tls_failed"


def test_authorities_in_the_environment_are_not_trusted(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.file))
    http._tls.cache_clear()
    with Receiver(replies(OK), certificate.context).running() as receiver:
        assert name_of(receiver.call()) == "tls_failed"


def test_an_expired_certificate_is_refused_and_the_reason_told(expired: Certificate) -> None:
    with Receiver(replies(OK), expired.context).running() as receiver:
        outcome = receiver.call(authorities=expired.pem)
    assert name_of(outcome) == "tls_failed"
    assert isinstance(outcome, Failure)
    assert "expired" in outcome.detail


def test_a_receiver_without_encryption_is_not_spoken_to() -> None:
    with Receiver(lambda peer, receiver: peer.sendall(b"HTTP/1.1 400 Bad\r\n\r\n")).running() as receiver:
        assert name_of(receiver_over_tls(receiver)) == "tls_failed"


def test_an_old_protocol_is_refused(certificate: Certificate) -> None:
    context = certificate.context
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Receiver(replies(OK), context).running() as receiver:
        assert name_of(receiver.call(authorities=certificate.pem)) == "tls_failed"


# Nobody is led inside


@dataclass
class Dials:
    """Every address that would have been connected to."""

    made: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture
def dials(monkeypatch: pytest.MonkeyPatch) -> Dials:
    dials = Dials()

    def connect(self: socket.socket, address: tuple[str, int]) -> None:
        dials.made.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(http._PacedSocket, "connect", connect)
    return dials


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0X7F.0X1",
        "0",
        "localhost",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
    ],
)
def test_private_addresses_are_refused_in_every_spelling(host: str, dials: Dials) -> None:
    assert name_of(send("POST", f"https://{host}/", headers={})) == "private_address"
    assert dials.made == []


def test_a_name_that_leads_inside_is_refused(dials: Dials) -> None:
    outcome = send("POST", "https://crm.example/", headers={}, resolve=lambda host, port: ["10.0.0.7"])
    assert name_of(outcome) == "private_address"
    assert "10.0.0.7" not in repr(outcome), "the console must not become a map of the inside"
    assert dials.made == []


@pytest.mark.parametrize(
    "found", [["93.184.216.34", "127.0.0.1"], ["::1", "2606:4700::1111"], ["1.1.1.1", "fe80::1%2"]]
)
def test_one_private_address_among_public_ones_refuses_all(found: list[str], dials: Dials) -> None:
    outcome = send("POST", "https://crm.example/", headers={}, resolve=lambda host, port: found)
    assert name_of(outcome) == "private_address"
    assert dials.made == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(
    dials: Dials, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a second lookup"))
    outcome = send("POST", "https://crm.example/", headers={}, resolve=lambda host, port: next(answers))
    assert name_of(outcome) == "refused"
    assert dials.made == [("93.184.216.34", 443)]
    assert next(answers) == ["127.0.0.1"]


def test_the_system_is_asked_for_names_just_once(dials: Dials, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))] * 3

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    send("POST", "https://bücher.example./", headers={})
    assert asked == ["xn--bcher-kva.example."]
    assert dials.made == [("93.184.216.34", 443)]


@pytest.mark.parametrize("entry", ["{host}:1", "localhost:{port}", "127.0.0.2:{port}", "{host}", "*:{port}", ":{port}"])
def test_what_the_operator_allows_is_exact(entry: str) -> None:
    with Receiver(replies(OK)).running() as receiver:
        allow = [entry.format(host="127.0.0.1", port=receiver.port)]
        assert name_of(send("POST", f"http://127.0.0.1:{receiver.port}/", headers={}, allow=allow)) == "insecure"
    assert receiver.requests == []


def test_what_the_operator_allows_may_be_private_and_plain() -> None:
    with Receiver(replies(OK)).running() as receiver:
        place = f"127.0.0.1:{receiver.port}"
        assert answered(send("POST", f"http://{place}/", headers={}, allow=frozenset({place}))).status == 200


# Nothing is smuggled


@pytest.mark.parametrize(
    "headers",
    [
        {"x-name": "a\r\nX-Evil: 1"},
        {"x-name": "a\nb"},
        {"x-name": "a\rb"},
        {"x-name": "a\x00b"},
        {"x-name": "a\x7fb"},
        {"x-name": "Nguyễn"},
        {"x name": "a"},
        {"x-name\r\n": "a"},
        {"x-näme": "a"},
        {"": "a"},
        {"x:": "a"},
        {"Host": "internal"},
        {"content-length": "0"},
        {"Transfer-Encoding": "chunked"},
        {"Connection": "keep-alive"},
        {"Expect": "100-continue"},
    ],
)
def test_headers_that_could_smuggle_something_are_refused(headers: dict[str, str]) -> None:
    with Receiver(replies(OK)).running() as receiver:
        assert name_of(receiver.call(headers=headers)) == "bad_header"
    assert receiver.requests == []


@pytest.mark.parametrize("value", ["", "a b", "a\tb", "Jos\xe9", "'; drop table", "Bearer abc=="])
def test_ordinary_header_values_pass(value: str) -> None:
    with Receiver(replies(OK)).running() as receiver:
        assert answered(receiver.call(headers={"x-name": value})).status == 200


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.text(max_size=60), st.text(max_size=40).map("https://{}".format)),
    st.dictionaries(st.text(), st.text()),
)
def test_whatever_is_written_as_address_and_headers_ends_in_a_value(url: str, headers: dict[str, str]) -> None:
    assert name_of(send("POST", url, headers=headers, resolve=lambda host, port: ["10.0.0.1"])) in http.PERMANENT
