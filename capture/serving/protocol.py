"""uvicorn's HTTP protocol with finished pages answered inside the parser's callback, before any task exists."""

import asyncio
from typing import Any

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from capture.core.finished import Finished, joined
from capture.serving.asking import SEEN, Question, answer_to, note_view
from capture.serving.front import Front
from capture.serving.refusals import Refused, bare_refusal

# A request with one of these is not a plain look at a page.
_NOT_PLAIN = frozenset((b"content-length", b"transfer-encoding", b"expect"))
_NOTED = _NOT_PLAIN | {b"host", b"accept-encoding", b"if-none-match"}
# The origin form, and the absolute form that a proxy would get; `*` and tunnels are nothing for an application.
_TARGETS = (b"/", b"http://", b"https://")


class FrontProtocol(HttpToolsProtocol):
    """Overrides callbacks that uvicorn does not promise to keep; a contract test names all that is used."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config=config, server_state=server_state, app_state=app_state, _loop=_loop)
        front = config.loaded_app
        assert isinstance(front, Front)
        self.front = front
        self.plan = front.plan
        self.bounds = front.plan.bounds
        self.since = self.loop.time()
        self.stuck_since: float | None = None
        self.stuck_bytes = 0
        self.in_head = False
        self.deaf = False
        self.unheard = 0
        self.reason = 400
        self._forget_head()

    def _forget_head(self) -> None:
        self.head_bytes = 0
        self.hosts = 0
        self.host = b""
        self.accept_encoding = b""
        self.if_none_match = b""
        self.plain = True
        self.answered = False

    @property
    def owes(self) -> bool:
        """Is an answer still to be given?"""
        return self.cycle is not None and not self.cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.front.most_connections:
            transport.abort()
        self.front.sweep.start(self.loop, self.connections)

    def data_received(self, data: bytes) -> None:
        if self.deaf:
            return
        self.unheard += len(data)
        try:
            self._feed(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.refuse(self.reason)
        else:
            if self.head_bytes + self.unheard > self.bounds.head_bytes:
                self.refuse(431)

    def _feed(self, data: bytes) -> None:
        """One offer of another protocol is passed over; a second in the same piece of data is no honest client's."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            again = self._without_upgrade(data[upgrade.args[0] :])
            self.parser.feed_data(again)

    def _without_upgrade(self, rest: bytes) -> bytes:
        """Java's client offers HTTP/2 with its posts; the parser would take their bodies for the new protocol."""
        kept = [header for header in self.headers if header[0] != b"upgrade"]
        head = b"%s %s HTTP/1.1\r\n" % (self.parser.get_method(), self.url) + joined(kept) + b"\r\n"
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        return head + rest

    def refuse(self, status: int) -> None:
        """Say no and hear nothing more; answers still owed to earlier requests are given first."""
        self.deaf = True
        if self.owes and not self.cycle.more_body:
            self.cycle.keep_alive = False
            return
        if not (self.owes and (self.cycle.response_started or self.pipeline)):
            self.transport.write(bare_refusal(status))
        self.transport.close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._forget_head()
        self.unheard = 0
        self.in_head = True
        self.since = self.loop.time()

    def on_header(self, name: bytes, value: bytes) -> None:
        self.unheard = 0
        self.head_bytes += len(name) + len(value) + 4
        # the parser reports the trailers of a chunked body here too; they must never pass as headers
        if self.in_head:
            name = name.lower()
            self.headers.append((name, value))
            if name in _NOTED:
                self._note(name, value)

    def _note(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self.hosts += 1
            self.host = value
        elif name == b"accept-encoding":
            self.accept_encoding = value if not self.accept_encoding else self.accept_encoding + b", " + value
        elif name == b"if-none-match":
            self.if_none_match = value if not self.if_none_match else self.if_none_match + b", " + value
        else:
            self.plain = False
            if name == b"expect" and value.lower() == b"100-continue":
                self.expect_100_continue = True

    def on_headers_complete(self) -> None:
        self.in_head = False
        self.unheard = 0
        if self.deaf:
            self.answered = True
            return
        self._check_head()
        if self.parser.should_upgrade():
            self.answered = True
            return
        if self.plain and not self.owes and not self.flow.write_paused and self._answer_at_once():
            self.answered = True
            return
        super().on_headers_complete()

    def _check_head(self) -> None:
        if self.hosts != 1 and (self.hosts or self.parser.get_http_version() != "1.0"):
            self._stop(400)
        if not self.url.startswith(_TARGETS):
            self._stop(400)
        too_long = self.head_bytes + len(self.url) > self.bounds.head_bytes
        if too_long or len(self.headers) > self.bounds.head_fields:
            self._stop(431)
        self.head_bytes = 0

    def _stop(self, status: int) -> None:
        # raised, so that the parser leaves the rest of what arrived alone
        self.reason = status
        raise Refused(status)

    def _answer_at_once(self) -> bool:
        method = self.parser.get_method()
        if (method != b"GET" and method != b"HEAD") or self.parser.get_http_version() != "1.1":
            return False
        path, _, query = self.url.partition(b"?")
        # everything unusual in an address is uvicorn's to decode
        if not path.startswith(b"/") or path.startswith(b"//") or b"%" in path or b"#" in self.url:
            return False
        question = Question(
            self.host.decode("latin-1"),
            path.decode("ascii"),
            query.decode("latin-1"),
            self.accept_encoding.decode("latin-1"),
            self.if_none_match.decode("latin-1"),
        )
        page = answer_to(self.plan, question)
        if page is None:
            return False
        self._write(page, with_body=method == b"GET")
        if page.status in SEEN and method == b"GET":
            note_view(self.plan, question, self.headers, self.client[0] if self.client else "")
        return True

    def _write(self, page: Finished, *, with_body: bool) -> None:
        stays = self.parser.should_keep_alive()
        head = page.head + self.front.date_lines(self.server_state.default_headers)
        head += b"\r\n" if stays else b"connection: close\r\n\r\n"
        self.transport.write(head + page.body if with_body else head)
        self.server_state.total_requests += 1
        self.since = self.loop.time()
        if not stays:
            self.deaf = True
            self.transport.close()

    def on_body(self, body: bytes) -> None:
        self.unheard = 0
        if not self.answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self.answered:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        # the sweep ends idle connections; a timer for each request would cost more
        self._unset_keepalive_if_required()
        self.since = self.loop.time()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.note_stuck(self.loop.time())

    def resume_writing(self) -> None:
        super().resume_writing()
        self.stuck_since = None

    def note_stuck(self, now: float) -> None:
        self.stuck_since = now
        self.stuck_bytes = self.transport.get_write_buffer_size()
