"""A demo CRM on loopback: it verifies messages with the official Standard Webhooks library.

It prints and shows each lead, for trying out and for tests; it keeps nothing on disk.
"""

import html
import ipaddress
import json
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TextIO

from standardwebhooks import Webhook, WebhookVerificationError

from capture.delivery.signatures import key_of

PATH = "/hook"
BODY_BYTES_MAX = 256 * 1024
SHOWN_MAX = 50
REMEMBERED_MAX = 10_000
SOCKET_SECONDS = 15
OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width"><title>Demo CRM</title></head>
<body><h1>Demo CRM</h1><p>{count}</p>
{blocks}
</body></html>
"""

Json = Mapping[str, Any]


@dataclass
class Inbox:
    """What has arrived, and how this CRM behaves."""

    secret: str
    out: TextIO
    fail: int | None = None
    slow: float = 0
    as_json: bool = False
    seen: dict[str, None] = field(default_factory=dict)
    known: dict[str, None] = field(default_factory=dict)
    shown: deque[str] = field(default_factory=lambda: deque(maxlen=SHOWN_MAX))
    turn: threading.Lock = field(default_factory=threading.Lock)
    stopping: threading.Event = field(default_factory=threading.Event)

    def receive(self, headers: Mapping[str, str], body: bytes) -> int:
        """Verify, remember and print one message; returns the status to answer."""
        self.stopping.wait(self.slow)
        message_id = headers.get("webhook-id", "")
        try:
            Webhook(self.secret).verify(body, dict(headers), json_parse=False)
            payload = json.loads(body)
        except (WebhookVerificationError, ValueError) as error:
            return self._refuse(message_id, str(error))
        return self._accept(message_id, payload if isinstance(payload, dict) else {})

    def _refuse(self, message_id: str, why: str) -> int:
        with self.turn:
            record = {"id": message_id, "verified": False, "why": why, "status": HTTPStatus.UNAUTHORIZED}
            self._print(record, f"--- refused {plain(message_id)}: {plain(why)}\n")
        return HTTPStatus.UNAUTHORIZED

    def _accept(self, message_id: str, payload: Json) -> int:
        status = self.fail or HTTPStatus.NO_CONTENT
        with self.turn:
            again = message_id in self.seen
            lead_id = str(_part(_part(payload, "data"), "lead").get("id") or "")
            is_known = not again and lead_id in self.known
            block = readable(payload, message_id=message_id, again=again, is_known=is_known, status=status)
            if not self.fail:
                _kept(self.known, lead_id)
                self._remember(message_id, None if again else block)
            record = {"id": message_id, "verified": True, "again": again, "status": status}
            self._print({**record, "message": payload}, block)
        return status

    def _remember(self, message_id: str, block: str | None) -> None:
        _kept(self.seen, message_id)
        if block is not None:
            self.shown.appendleft(block)

    def _print(self, record: Json, block: str) -> None:
        print(json.dumps(record, ensure_ascii=False) if self.as_json else block, file=self.out, flush=True)

    def page(self) -> str:
        """The last messages as a small page without script or style."""
        with self.turn:
            blocks = [f"<pre>{html.escape(block)}</pre>" for block in self.shown]
        count = f"The last messages, the newest first: {len(blocks)}." if blocks else "Nothing has arrived."
        return PAGE.format(count=count, blocks="\n".join(blocks))


class Receiver(ThreadingHTTPServer):
    """The server; its threads end with the process, so that a slow answer never delays the end."""

    daemon_threads = True
    request_queue_size = 128  # the default of five makes a burst of deliveries wait a second for its turn

    def __init__(self, address: tuple[str, int], inbox: Inbox) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.inbox = inbox
        super().__init__(address, Door)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is no news; anything else is shown as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Door(BaseHTTPRequestHandler):
    """HTTP around the inbox."""

    server: Receiver
    timeout = SOCKET_SECONDS
    server_version = "DemoCRM"
    sys_version = ""

    def do_GET(self) -> None:
        if not self._asked_by_own_name():
            self._answer(HTTPStatus.MISDIRECTED_REQUEST)
        elif self.path.partition("?")[0] == "/":
            self._answer(HTTPStatus.OK, self.server.inbox.page())
        else:
            self._answer(HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        length = self.headers.get("content-length", "")
        if self.path != PATH:
            self._answer(HTTPStatus.NOT_FOUND)
        elif not (length.isascii() and length.isdigit()):
            self._answer(HTTPStatus.LENGTH_REQUIRED)
        elif len(length) > 9 or int(length) > BODY_BYTES_MAX:
            self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._answer(self.server.inbox.receive(headers, self.rfile.read(int(length))))

    def _asked_by_own_name(self) -> bool:
        """A foreign page whose name was pointed at loopback must not read the leads."""
        host = self.headers.get("host", "").lower()
        return (host if host.endswith("]") else host.rpartition(":")[0] or host) in OWN_NAMES

    def _answer(self, status: int, page: str = "") -> None:
        body = page.encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(body)),
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """The inbox prints what matters; a line per request would bury it."""


def serve(
    host: str,
    port: int,
    secret: str,
    *,
    out: TextIO,
    fail: int | None = None,
    slow: float = 0,
    as_json: bool = False,
    ready: Callable[[Receiver], None] | None = None,
) -> None:
    """Run the demo CRM until `shutdown()` is called on what `ready` got, or the caller is interrupted.

    Raises ValueError for an address that isn't loopback and for a secret that cannot be one.
    """
    key_of(secret)
    inbox = Inbox(secret, out, fail=fail, slow=slow, as_json=as_json)
    with Receiver((loopback(host), port), inbox) as server:
        try:
            if ready is not None:
                ready(server)
            server.serve_forever(poll_interval=0.05)
        finally:
            inbox.stopping.set()


def loopback(host: str) -> str:
    """The address to bind to; leads shown without a login have no place on a network."""
    address = "127.0.0.1" if host == "localhost" else host.strip("[]")
    try:
        if ipaddress.ip_address(address).is_loopback:
            return address
    except ValueError:
        pass
    raise ValueError(f"The demo CRM listens on loopback only (127.0.0.1 or ::1), not on {host!r}.")


def readable(payload: Json, *, message_id: str, again: bool, status: int, is_known: bool = False) -> str:
    """One message as a block of lines for people."""
    data = _part(payload, "data")
    lead, submission, touches = (_part(data, name) for name in ("lead", "submission", "attribution"))
    stage = _part(data, "stage")
    moved = f"{stage.get('from')} to {stage.get('to')}: {stage.get('why')}" if stage else ""
    coupon = _part(submission, "coupon") or _part(data, "coupon")
    lines = [f"--- {payload.get('type', '?')}{' again' if again else ''}  {message_id}"]
    for label, value in (
        ("lead", f"{lead['id']}{', known already' if is_known else ''}" if lead.get("id") else ""),
        ("name", lead.get("name")),
        ("email", lead.get("email")),
        ("phone", lead.get("phone")),
        ("score", _score(lead)),
        ("moved", moved),
        *(("reason", reason) for reason in _reasons(lead)),
        ("first", _touch(_part(touches, "first_touch"))),
        ("last", _touch(_part(touches, "last_touch"))),
        ("coupon", coupon.get("code")),
        ("checked", "signature verified" + (f", answered {status} on purpose" if status >= 300 else "")),
    ):
        if value:
            lines.append(f"    {label:<8} {value}")
    return "\n".join(plain(line) for line in lines) + "\n"


def plain(text: str) -> str:
    """Text that cannot move the cursor or recolour the terminal: names come from strangers."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _kept(remembered: dict[str, None], one: str) -> None:
    remembered[one] = None
    if len(remembered) > REMEMBERED_MAX:
        del remembered[next(iter(remembered))]


def _part(value: Json, name: str) -> Json:
    part = value.get(name)
    return part if isinstance(part, dict) else {}


def _score(lead: Json) -> str:
    if "score" not in lead:
        return ""
    return f"{lead['score']}, grade {lead.get('grade')}, stage {lead.get('stage')}"


def _reasons(lead: Json) -> list[str]:
    reasons = lead.get("reasons")
    rows = [row for row in reasons if isinstance(row, dict)] if isinstance(reasons, list) else []
    return [f"{_points(row.get('points'))} {row.get('label') or row.get('rule')}" for row in rows]


def _points(points: object) -> str:
    return f"{points:+d}" if isinstance(points, int) else f"{points}"


def _touch(touch: Json) -> str:
    where = " / ".join(str(touch[name]) for name in ("source", "medium", "campaign") if touch.get(name))
    return ": ".join(part for part in (str(touch.get("channel") or ""), where) if part)
