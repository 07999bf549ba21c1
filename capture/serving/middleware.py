"""The same shelf as WSGI middleware, with the checks that other servers lack; for use behind a buffering proxy."""

import io
import logging
import threading
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from capture.core.finished import Headers
from capture.serving.asking import SEEN, answer_to, note_view, question_of
from capture.serving.plan import Plan
from capture.serving.refusals import Refused, refusal_of

log = logging.getLogger(__name__)

StartResponse = Callable[..., Any]


class BehindProxy:
    """A WSGI application: finished pages, then whole bodies only, then the product's application."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        lanes = plan.bounds.lanes
        self.ticking = threading.Lock()
        self.ticks_at = 0.0
        self.beacons = threading.BoundedSemaphore(lanes["beacons"].threads if "beacons" in lanes else 1)

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        self._keep_up()
        method, path = environ["REQUEST_METHOD"], _path_of(environ)
        if method in ("GET", "HEAD"):
            page = self._from_shelf(environ, path, start_response)
            if page is not None:
                return page
        try:
            _make_whole(environ, self.plan.limits(method, path))
            if self.plan.lane(method, path) == "beacons":
                return self._beacon(environ, start_response)
        except Refused as refused:
            return self._refuse(environ, path, refused.status, start_response)
        return self.plan.application(environ, start_response)

    def _keep_up(self) -> None:
        """Requests bring the tick along: a thread of our own would not survive the fork of a server's workers."""
        if self.plan.tick is None or time.monotonic() < self.ticks_at or not self.ticking.acquire(blocking=False):
            return
        try:
            self.plan.tick()
        except Exception:
            log.exception("a tick failed")
        finally:
            self.ticks_at = time.monotonic() + self.plan.bounds.tick_seconds
            self.ticking.release()

    def _from_shelf(self, environ: dict[str, Any], path: str, start_response: StartResponse) -> Iterable[bytes] | None:
        headers, query = _headers_of(environ), environ.get("QUERY_STRING", "").encode("latin-1")
        question = question_of(path, query, headers)
        page = answer_to(self.plan, question)
        if page is None:
            return None
        _start(start_response, page.status, page.headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return []
        if page.status in SEEN:
            note_view(self.plan, question, headers, environ.get("REMOTE_ADDR", ""))
        return [page.body]

    def _beacon(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if not self.beacons.acquire(blocking=False):
            raise Refused(503)
        try:
            pieces = self.plan.application(environ, start_response)
            try:
                return list(pieces)
            finally:
                getattr(pieces, "close", lambda: None)()
        finally:
            self.beacons.release()

    def _refuse(
        self, environ: dict[str, Any], path: str, status: int, start_response: StartResponse
    ) -> Iterable[bytes]:
        headers = _headers_of(environ)
        scope = {"type": "http", "method": environ["REQUEST_METHOD"], "path": path, "headers": headers}
        told, body = refusal_of(self.plan, status, scope)
        # PEP 3333 leaves the connection to the server
        _start(start_response, status, [header for header in told if header[0] != b"connection"])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _make_whole(environ: dict[str, Any], cap: int) -> None:
    """Read the body to its end before anyone else does; servers pass on a cut one as if it were complete."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        if not environ.get("wsgi.input_terminated"):
            raise Refused(411)
        body = _read(environ, cap + 1)
        if len(body) > cap:
            raise Refused(413)
    else:
        body = _announced_body(environ, cap)
    environ.pop("HTTP_TRANSFER_ENCODING", None)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["wsgi.input_terminated"] = True
    if body or environ.get("CONTENT_LENGTH"):
        environ["CONTENT_LENGTH"] = str(len(body))


def _announced_body(environ: dict[str, Any], cap: int) -> bytes:
    text = environ.get("CONTENT_LENGTH") or "0"
    if not (text.isascii() and text.isdigit()):
        raise Refused(400)
    length = int(text)
    if length > cap:
        raise Refused(413)
    body = _read(environ, length)
    if len(body) < length:
        raise Refused(400)
    return body


def _read(environ: dict[str, Any], most: int) -> bytes:
    body = bytearray()
    while len(body) < most and (piece := environ["wsgi.input"].read(most - len(body))):
        body += piece
    return bytes(body)


def _path_of(environ: dict[str, Any]) -> str:
    path: str = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    return path.encode("latin-1").decode("utf-8", "replace")


def _headers_of(environ: dict[str, Any]) -> Headers:
    return [
        (key[5:].replace("_", "-").lower().encode("latin-1"), value.encode("latin-1"))
        for key, value in environ.items()
        if key.startswith("HTTP_")
    ]


def _start(start_response: StartResponse, status: int, headers: Headers) -> None:
    line = f"{status} {HTTPStatus(status).phrase}"
    start_response(line, [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers])
