"""The real server, spoken to in bytes: lengths that lie, two meanings of one request, targets of every form."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from capture.submissions.models import Submission
from tests import services
from tests.attacks.hostile import STANDARD
from tests.products import KEY, Product

ROOT = Path(__file__).resolve().parents[2]
FORM = b"email=raw%40example.com"
HOST = b"Host: localhost\r\n"
CLOSE = b"Connection: close\r\n"
URLENCODED = b"Content-Type: application/x-www-form-urlencoded\r\n"


@dataclass
class Server:
    port: int
    product: Product

    def ask(self, request: bytes, *, half_close: bool = False) -> bytes:
        """Everything that the server says until it closes."""
        with socket.create_connection(("127.0.0.1", self.port), 15) as line:
            line.settimeout(15)
            try:
                line.sendall(request)
                if half_close:
                    line.shutdown(socket.SHUT_WR)
            except ConnectionError:
                pass
            return b"".join(_pieces(line))

    def post(self, number: int = 0, path: bytes = b"/f/guide", heads: bytes = b"", body: bytes | None = None) -> bytes:
        sent = FORM.replace(b"raw", b"raw%d" % number) if body is None else body
        length = b"Content-Length: %d\r\n" % len(sent)
        return self.ask(
            b"POST " + path + b" HTTP/1.1\r\n" + HOST + CLOSE + URLENCODED + length + heads + b"\r\n" + sent
        )

    def stored(self) -> int:
        with self.product.app.app_context():
            return self.product.count(Submission)


def _pieces(line: socket.socket) -> Iterator[bytes]:
    while True:
        try:
            piece = line.recv(65_536)
        except ConnectionError:
            return
        if not piece:
            return
        yield piece


def status(answer: bytes) -> int | None:
    """The status of the first answer; None when the line was closed without one."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("raw"), services.free_port()
    product = Product.made(folder, f"sqlite:///{folder}/capture.sqlite")
    with product.app.app_context():
        product.apply(STANDARD)
    own = {
        "INSTANCE": str(folder),
        "DATABASE_URL": f"sqlite:///{folder}/capture.sqlite",
        "SECRET_KEY": KEY,
        "PORT": str(port),
    }
    others = {"RATE_LIMITS": "off", "HOST": "127.0.0.1", "REDIS_URL": "", "PUBLIC_URL": "", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from capture.cli import main; main(['serve'])"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env={**os.environ, **own, **others}, stderr=log, stdout=log, cwd=ROOT)
    try:
        services.wait_for_port(port)
        yield Server(port, product)
    finally:
        process.terminate()
        process.wait(15)
        product.close()
    assert b"Traceback" not in (folder / "log").read_bytes(), (folder / "log").read_text(errors="replace")[-800:]


def head(*lines: bytes, start: bytes = b"POST /f/guide HTTP/1.1", host: bytes = HOST) -> bytes:
    return start + b"\r\n" + host + CLOSE + URLENCODED + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


LENGTHS: dict[str, bytes] = {
    "a negative length": head(b"Content-Length: -1") + FORM,
    "a signed length": head(b"Content-Length: +23") + FORM,
    "a hexadecimal length": head(b"Content-Length: 0x17") + FORM,
    "a length with a comma": head(b"Content-Length: 23, 24") + FORM,
    "two lengths": head(b"Content-Length: 23", b"Content-Length: 5") + FORM,
    "a length of words": head(b"Content-Length: many") + FORM,
    "a length beyond all": head(b"Content-Length: " + b"9" * 60) + FORM,
    "a length and chunks": head(b"Content-Length: 5", b"Transfer-Encoding: chunked")
    + b"17\r\n"
    + FORM
    + b"\r\n0\r\n\r\n",
    "chunks that are spelled oddly": head(b"Transfer-Encoding: xchunked") + b"17\r\n" + FORM + b"\r\n0\r\n\r\n",
    "chunks twice": head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity")
    + b"17\r\n"
    + FORM
    + b"\r\n0\r\n\r\n",
    "chunks after a space": head(b"Transfer-Encoding : chunked") + b"17\r\n" + FORM + b"\r\n0\r\n\r\n",
    "a chunk of a negative size": head(b"Transfer-Encoding: chunked") + b"-17\r\n" + FORM + b"\r\n0\r\n\r\n",
    "a chunk of an endless size": head(b"Transfer-Encoding: chunked") + b"f" * 40 + b"\r\n" + FORM + b"\r\n0\r\n\r\n",
    "a chunk of words": head(b"Transfer-Encoding: chunked") + b"zz\r\n" + FORM + b"\r\n0\r\n\r\n",
    "a chunk shorter than it says": head(b"Transfer-Encoding: chunked") + b"5\r\n" + FORM + b"\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("lie", LENGTHS)
def test_a_body_whose_length_is_in_doubt_is_refused_and_stores_nothing(server: Server, lie: str) -> None:
    before = server.stored()
    assert status(server.ask(LENGTHS[lie])) in {400, 411, 413, 501, None}
    assert server.stored() == before


def test_a_body_that_ends_too_early_stores_nothing(server: Server) -> None:
    before = server.stored()
    for request in (
        head(b"Content-Length: 500") + FORM,
        head(b"Transfer-Encoding: chunked") + b"17\r\n" + FORM,
        head(b"Transfer-Encoding: chunked") + b"17\r\n" + FORM[:5],
    ):
        assert status(server.ask(request, half_close=True)) in {400, 408, None}
    assert server.stored() == before


def test_what_follows_a_body_is_not_taken_for_a_part_of_it(server: Server) -> None:
    answer = server.ask(head(b"Content-Length: 23") + FORM + b"GET /console/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert status(answer) == 303
    assert answer.count(b"HTTP/1.1 ") == 1, "after `Connection: close` nothing more is answered"


def test_a_chunked_form_is_a_form(server: Server) -> None:
    body = (
        b"".join(b"%x;ext=1\r\n%s\r\n" % (1, FORM[at : at + 1]) for at in range(len(FORM))) + b"0\r\nX: trailer\r\n\r\n"
    )
    assert status(server.ask(head(b"Transfer-Encoding: chunked") + body)) == 303


@pytest.mark.parametrize(
    ("path", "size"),
    [
        (b"/f/guide", 262_145),
        (b"/api/v1/forms/guide/submissions", 10_000_000),
        (b"/t", 65_537),
        (b"/console/sign-in", 300_000),
    ],
)
def test_a_body_over_its_cap_is_refused_before_it_is_read(server: Server, path: bytes, size: int) -> None:
    told = head(b"Content-Length: %d" % size, start=b"POST " + path + b" HTTP/1.1")
    assert status(server.ask(told, half_close=True)) == 413, "the answer comes without waiting for the body"
    chunks = (
        head(b"Transfer-Encoding: chunked", start=b"POST " + path + b" HTTP/1.1")
        + b"%x\r\n" % size
        + b"x" * size
        + b"\r\n0\r\n\r\n"
    )
    assert status(server.ask(chunks, half_close=True)) in {413, None}


TARGETS = (
    b"http://localhost/guide", b"http://evil.example/guide", b"https://evil.example:1/guide", b"//evil.example/guide", b"//evil.example",
    b"//evil.example/..", b"///evil.example", b"/\\evil.example", b"\\\\evil.example", b"*", b"", b"guide", b"evil.example:443", b"/guide#x",
    b"/%00", b"/%0d%0aSet-Cookie:%20x=1", b"/\xff\xfe", b"/guide\x00", b"/..%2f..%2fetc%2fpasswd", b"/../../etc/passwd", b"/static/%00",
    b"/static/" + b"a" * 5_000, b"/" + b"a" * 20_000, b"/" + b"a" * 70_000, b"/guide?" + b"x" * 20_000, b"/guide?%00", b"/thanks/%00", b"/d/%00",
    b"/console//evil.example/%2e%2e", b"/vi//evil.example", b"/{{7}}", b"/%ED%A0%80", b"/guide/%2e%2e/%2e%2e", b"/console/..;/", b"/a b",
)  # fmt: skip


@pytest.mark.parametrize("method", [b"GET", b"POST", b"HEAD"])
def test_a_target_of_any_form_leads_nowhere_else(server: Server, method: bytes) -> None:
    wrong = {}
    for target in TARGETS:
        answer = server.ask(method + b" " + target + b" HTTP/1.1\r\n" + HOST + CLOSE + b"Content-Length: 0\r\n\r\n")
        if (status(answer) or 400) >= 500 and status(answer) != 501 or leads_away(answer) or b"root:" in answer:
            wrong[target[:60]] = answer[:300]
    assert wrong == {}


def leads_away(answer: bytes) -> bool:
    """A redirect to another host, or a head that the target smuggled in."""
    heads = answer.split(b"\r\n\r\n")[0].lower() + b"\r\n"
    found = re.search(rb"\r\nlocation: ([^\r\n]*)", heads)
    place = found[1] if found else b"/"
    is_here = place.startswith(b"http://localhost/") or re.match(rb"/(?![/\\])", place)
    return not is_here or b"\r\nset-cookie: x=1" in heads


HEADS: dict[str, bytes] = {
    "no host": b"GET /guide HTTP/1.1\r\nConnection: close\r\n\r\n",
    "two hosts": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "a host of nothing": b"GET /guide HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
    "a host with a path": b"GET /guide HTTP/1.1\r\nHost: localhost/evil\r\nConnection: close\r\n\r\n",
    "a host with a user": b"GET /guide HTTP/1.1\r\nHost: localhost@evil.example\r\nConnection: close\r\n\r\n",
    "a host with a user and a port": b"GET /guide HTTP/1.1\r\nHost: localhost:80@evil.example\r\nConnection: close\r\n\r\n",
    "two hosts in one": b"GET /guide HTTP/1.1\r\nHost: localhost, evil.example\r\nConnection: close\r\n\r\n",
    "a foreign host": b"GET /guide HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "a foreign host and a doubled slash": b"GET //guide HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    "a folded head": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\r\nContent-Length: x\r\nConnection: close\r\n\r\n",
    "NUL in a head": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nUser-Agent: a\x00b\r\nConnection: close\r\n\r\n",
    "a space in a name": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nX Y: a\r\nConnection: close\r\n\r\n",
    "a head without a colon": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nnothing\r\nConnection: close\r\n\r\n",
    "1,000 heads": b"GET /guide HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 1_000 + b"Connection: close\r\n\r\n",
    "a head of 100 KB": b"GET /guide HTTP/1.1\r\nHost: localhost\r\nX: "
    + b"y" * 100_000
    + b"\r\nConnection: close\r\n\r\n",
    "another version": b"GET /guide HTTP/9.9\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    "no version": b"GET /guide\r\n\r\n",
    "rubbish": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.parametrize("case", HEADS)
def test_a_head_that_means_two_things_or_nothing_is_refused(server: Server, case: str) -> None:
    answer = server.ask(HEADS[case], half_close=True)
    assert status(answer) in {400, 404, 414, 421, 431, 501, 505, None}
    assert b"evil.example" not in answer


@pytest.mark.parametrize(
    "method", [b"TRACE", b"CONNECT", b"PUT", b"DELETE", b"PROPFIND", b"get", b"FOO", b"G\x00T", b"<B>", b"G" * 3_000]
)
def test_a_method_of_any_kind_is_refused_and_echoes_nothing(server: Server, method: bytes) -> None:
    answer = server.ask(
        method + b" /guide HTTP/1.1\r\n" + HOST + CLOSE + b"X-Told: secret-of-mine\r\n\r\n", half_close=True
    )
    assert status(answer) in {400, 404, 405, 414, 431, 501, None}
    assert b"secret-of-mine" not in answer


def test_a_promise_of_a_body_is_answered_before_it_comes(server: Server) -> None:
    told = head(b"Content-Length: 23", b"Expect: 100-continue")
    assert server.ask(told + FORM.replace(b"raw", b"xpc")).split(b"\r\n\r\n")[-2].find(b" 303 ") > 0
    assert status(server.ask(head(b"Content-Length: 23", b"Expect: the impossible") + FORM)) in {303, 417}


def test_what_one_visitor_asks_is_not_in_the_finished_page_of_the_next(server: Server) -> None:
    odd = b"X-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: gopher\r\nForwarded: host=evil.example\r\n"
    server.ask(b"GET /summer?x=evil HTTP/1.1\r\nHost: LOCALHOST.:6666\r\n" + CLOSE + odd + b"\r\n")
    for host in (b"localhost", b"localhost:%d" % server.port):
        answer = server.ask(b"GET /summer HTTP/1.1\r\nHost: " + host + b"\r\n" + CLOSE + b"\r\n")
        assert status(answer) == 200
        assert not [one for one in (b"6666", b"evil", b"gopher", b"LOCALHOST") if one in answer]


def test_the_way_here_is_not_believed_without_trusted_proxies(server: Server) -> None:
    heads = b"X-Forwarded-For: 198.51.100.9\r\nX_Forwarded_For: 198.51.100.9\r\nForwarded: for=198.51.100.9\r\n"
    assert status(server.post(77, heads=heads)) == 303
    with server.product.app.app_context():
        newest = server.product.rows(Submission)[-1]
    assert newest.address == "127.0.0.1"
    assert status(server.ask(b"GET /metrics HTTP/1.1\r\n" + HOST + CLOSE + b"X-Forwarded-For: 127.0.0.1\r\n\r\n")) in {
        401,
        403,
        404,
    }


def test_a_normal_submission_right_after_all_this_succeeds(server: Server) -> None:
    assert status(server.post(99)) == 303
    assert status(server.ask(b"GET /guide HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")) == 200
