"""The demo CRM, called as the product calls any CRM."""

import io
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from capture.core.http import Answer, send
from capture.delivery.receiver import Receiver, serve
from capture.delivery.signatures import new_secret, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE = {
    "type": "lead.created",
    "timestamp": "2026-11-22T03:04:05.678Z",
    "data": {
        "lead": {
            "id": "1",
            "email": "an@example.com",
            "phone": "+84912345678",
            "name": "Nguyễn An",
            "stage": "iql",
            "score": 15,
            "grade": 2,
            "reasons": [
                {"rule": "price-page", "label": "Viewed the price page", "points": 20},
                {"rule": "limit", "label": "Limit", "points": -5},
            ],
        },
        "submission": {"form": "guide", "coupon": {"code": "HE-7K2M", "value": "20%"}},
        "attribution": {
            "first_touch": {
                "channel": "Paid Social",
                "source": "facebook",
                "medium": "cpc",
                "campaign": "tet",
            },
            "last_touch": {"channel": "Direct", "source": None, "medium": None, "campaign": None},
        },
    },
}


@dataclass
class Crm:
    """A running demo CRM and what it printed."""

    port: int
    out: io.StringIO

    @property
    def printed(self) -> str:
        return self.out.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.printed.splitlines()]

    def call(self, method: str, path: str, **more: Any) -> Answer:
        place = f"127.0.0.1:{self.port}"
        answer = send(method, f"http://{place}{path}", **({"headers": {}, "allow": [place]} | more))
        assert isinstance(answer, Answer), answer
        return answer

    def deliver(self, message: object = MESSAGE, **more: Any) -> int:
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        signing: dict[str, Any] = {"message_id": "msg_1", "at": datetime.now(UTC), "secrets": [SECRET]} | more
        return self.call("POST", "/hook", headers=signed_headers(body=body, **signing), body=body).status

    def page(self) -> str:
        return self.call("GET", "/").body.decode()

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), 2) as line:
            line.sendall(request)
            return b"".join(iter(lambda: line.recv(65536), b""))


@contextmanager
def running(host: str = "127.0.0.1", **options: Any) -> Iterator[Crm]:
    out, started = io.StringIO(), threading.Event()
    servers: list[Receiver] = []

    def ready(server: Receiver) -> None:
        servers.append(server)
        started.set()

    options = {"out": out, "ready": ready} | options
    thread = threading.Thread(target=serve, args=(host, 0, SECRET), kwargs=options, daemon=True)
    thread.start()
    assert started.wait(2)
    yield Crm(servers[0].server_address[1], out)
    servers[0].shutdown()
    thread.join(2)
    assert not thread.is_alive()


@pytest.fixture
def crm() -> Iterator[Crm]:
    with running() as crm:
        yield crm


def test_a_signed_lead_is_accepted_and_printed_for_people(crm: Crm) -> None:
    assert crm.deliver() == 204
    assert crm.printed.splitlines() == [
        "--- lead.created  msg_1",
        "    lead     1",
        "    name     Nguyễn An",
        "    email    an@example.com",
        "    phone    +84912345678",
        "    score    15, grade 2, stage iql",
        "    reason   +20 Viewed the price page",
        "    reason   -5 Limit",
        "    first    Paid Social: facebook / cpc / tet",
        "    last     Direct",
        "    coupon   HE-7K2M",
        "    checked  signature verified",
        "",
    ]


def test_somebody_who_comes_again_is_known(crm: Crm) -> None:
    crm.deliver()
    assert "known already" not in crm.printed
    assert crm.deliver(message_id="msg_2") == 204
    assert "    lead     1, known already" in crm.printed


def test_a_second_delivery_is_accepted_and_called_again(crm: Crm) -> None:
    assert [crm.deliver(), crm.deliver()] == [204, 204]
    assert "--- lead.created again  msg_1" in crm.printed
    assert crm.page().count("<pre>") == 1


def test_a_changed_stage_tells_from_where_to_where(crm: Crm) -> None:
    stage = {"from": "iql", "to": "mql", "why": "score 45"}
    crm.deliver(MESSAGE | {"type": "lead.stage_changed", "data": {"stage": stage}})
    assert "    moved    iql to mql: score 45" in crm.printed


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"lead": None, "submission": None}, {"lead": {"id": "1", "reasons": [1], "score": None}}],
)
def test_a_message_with_little_in_it_is_printed_too(crm: Crm, data: object) -> None:
    assert crm.deliver({"type": "ping", "data": data}) == 204
    assert "--- ping  msg_1" in crm.printed


@pytest.mark.parametrize(
    "wrong",
    [
        {"secrets": [new_secret()]},
        {"at": datetime.now(UTC) - timedelta(minutes=6)},
        {"at": datetime.now(UTC) + timedelta(hours=1)},
    ],
)
def test_a_wrong_signature_or_an_old_one_is_refused(crm: Crm, wrong: dict[str, Any]) -> None:
    assert crm.deliver(**wrong) == 401
    assert "--- refused msg_1" in crm.printed
    assert "an@example.com" not in crm.printed + crm.page()


@pytest.mark.parametrize("signature", ["", "v1", "v1,", "v1,!!!", "v1,a,b", "v9,abc", " "])
def test_a_malformed_signature_is_refused(crm: Crm, signature: str) -> None:
    now = str(int(time.time()))
    headers = {"webhook-id": "m", "webhook-timestamp": now, "webhook-signature": signature}
    assert crm.call("POST", "/hook", headers=headers, body=b"{}").status == 401


def test_a_message_without_signature_headers_is_refused(crm: Crm) -> None:
    assert crm.call("POST", "/hook", body=b"{}").status == 401


@pytest.mark.parametrize("body", [b"not json", b"\xff\xfe"])
def test_a_body_that_is_no_json_text_is_refused(crm: Crm, body: bytes) -> None:
    assert crm.deliver(body) == 401


def test_both_secrets_of_a_rotation_are_understood(crm: Crm) -> None:
    assert crm.deliver(secrets=[new_secret(), SECRET]) == 204


def test_the_page_shows_the_newest_first_as_plain_text(crm: Crm) -> None:
    crm.deliver({"type": "lead.created", "data": {"lead": {"name": "<script>alert(1)</script>"}}}, message_id="a")
    crm.deliver({"type": "lead.updated", "data": {}}, message_id="b")
    answer = crm.call("GET", "/")
    page = answer.body.decode()
    assert page.index("lead.updated") < page.index("lead.created")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"


def test_the_page_of_an_empty_crm_says_so(crm: Crm) -> None:
    assert "Nothing has arrived" in crm.page()


def test_the_page_shows_the_last_fifty(crm: Crm) -> None:
    for number in range(52):
        crm.deliver(message_id=f"msg_{number}")
    page = crm.page()
    assert page.count("<pre>") == 50
    assert "msg_51" in page
    assert "msg_1\n" not in page


def test_a_name_cannot_steer_the_terminal(crm: Crm) -> None:
    crm.deliver({"type": "lead.created", "data": {"lead": {"name": "\x1b[2Jan\r\n--- faked\u202e"}}})
    assert "\x1b" not in crm.printed
    assert "\n--- faked" not in crm.printed


def test_json_output_has_a_line_for_each_message() -> None:
    with running(as_json=True) as crm:
        crm.deliver()
        crm.deliver()
        crm.deliver(secrets=[new_secret()])
    first, second, third = crm.lines
    assert first == {"id": "msg_1", "verified": True, "again": False, "status": 204, "message": MESSAGE}
    assert second["again"] is True
    assert (third["verified"], third["status"]) == (False, 401)


def test_it_can_fail_on_purpose_and_then_keeps_nothing() -> None:
    with running(fail=503) as crm:
        assert [crm.deliver(), crm.deliver()] == [503, 503]
        assert "answered 503 on purpose" in crm.printed
        assert "again" not in crm.printed
        assert "Nothing has arrived" in crm.page()


def test_it_can_be_slow_on_purpose() -> None:
    with running(slow=0.3) as crm:
        began = time.monotonic()
        assert crm.deliver() == 204
    assert time.monotonic() - began >= 0.3


def test_a_slow_answer_does_not_delay_the_end() -> None:
    with running(slow=30) as crm, socket.create_connection(("127.0.0.1", crm.port)) as line:
        line.sendall(b"POST /hook HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        began = time.monotonic()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"POST /hook HTTP/1.0\r\n", 411),
        (b"POST /hook HTTP/1.0\r\nTransfer-Encoding: chunked\r\n", 411),
        (b"POST /hook HTTP/1.0\r\nContent-Length: -1\r\n", 411),
        (b"POST /hook HTTP/1.0\r\nContent-Length: 262145\r\n", 413),
        (b"POST /hook HTTP/1.0\r\nContent-Length: 99999999999999999999\r\n", 413),
        (b"POST /other HTTP/1.0\r\nContent-Length: 0\r\n", 404),
        (b"GET /hook HTTP/1.0\r\nHost: localhost\r\n", 404),
        (b"GET / HTTP/1.0\r\nHost: [::1]:9000\r\n", 200),
        (b"GET / HTTP/1.0\r\nHost: evil.example\r\n", 421),
        (b"GET / HTTP/1.0\r\nHost: evil.example:9000\r\n", 421),
        (b"GET / HTTP/1.0\r\n", 421),
        (b"DELETE /hook HTTP/1.0\r\n", 501),
    ],
)
def test_other_requests_are_refused_without_harm(crm: Crm, request_line: bytes, status: int) -> None:
    assert f" {status} ".encode() in crm.raw(request_line + b"\r\n").split(b"\r\n")[0]
    assert crm.deliver() == 204


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "192.168.1.5", "example.com", "", "*"])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match="loopback"):
        serve(host, 0, SECRET, out=io.StringIO())


@pytest.mark.parametrize("secret", ["", "whsec_", "secret"])
def test_it_does_not_start_without_a_usable_secret(secret: str) -> None:
    with pytest.raises(ValueError, match="make one with"):
        serve("127.0.0.1", 0, secret, out=io.StringIO())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2"])
def test_other_names_of_loopback_are_fine(host: str) -> None:
    with running(host):
        pass


def test_a_caller_that_goes_away_is_no_news(crm: Crm, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", crm.port)) as line:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            line.sendall(b"POST /hook HTTP/1.0\r\nContent-Length: 9\r\n\r\n")
    assert crm.deliver() == 204
    assert capfd.readouterr().err == ""


def test_an_interrupted_caller_leaves_the_port_free() -> None:
    ports: list[int] = []

    def interrupt(server: Receiver) -> None:
        ports.append(server.server_address[1])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve("127.0.0.1", 0, SECRET, out=io.StringIO(), ready=interrupt)
    with socket.create_server(("127.0.0.1", ports[0])):
        pass


def test_many_at_once_are_each_printed_whole(crm: Crm) -> None:
    def deliver(number: int) -> Callable[[], int]:
        return lambda: crm.deliver(message_id=f"msg_{number}")

    threads = [threading.Thread(target=deliver(number)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2)
    assert crm.printed.count("    checked  signature verified\n\n--- ") == 11
