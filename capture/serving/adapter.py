"""Running a WSGI application in a lane's thread: short answers and files come back, long answers take the outlet."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from capture.core.finished import WITHOUT_BODY, Headers
from capture.serving.files import PIECE_BYTES, FileAnswer, FilePieces, file_answer
from capture.serving.outlet import Outlet
from capture.serving.plan import Wsgi
from capture.serving.refusals import ClientGone, Refused

log = logging.getLogger(__name__)

WHOLE_BYTES = 256 * 1024
# The connection is the server's business, and it dates answers itself.
_OURS = frozenset((b"connection", b"date", b"keep-alive", b"transfer-encoding", b"upgrade"))


class Answer(NamedTuple):
    status: int
    headers: Headers
    body: bytes


class Call:
    """One call of the application."""

    def __init__(self, application: Wsgi, environ: dict[str, Any], outlet: Outlet) -> None:
        self.application = application
        self.environ = {**environ, "wsgi.file_wrapper": FilePieces}
        self.outlet = outlet
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.collected: list[bytes] = []
        self.size = 0
        self.streaming = False

    def __call__(self) -> Answer | FileAnswer | None:
        """The answer, or None when it went out in pieces. Runs in the lane's thread."""
        whole = False
        try:
            if (file := self._run()) is not None:
                return file
            if not self.streaming:
                return self._answer()
            self._flush()
            whole = True
        except ClientGone:
            log.debug("nobody waits for the rest of %s", self.environ["PATH_INFO"])
        except Exception:
            log.exception("the application failed on %s", self.environ["PATH_INFO"])
            if not self.streaming:
                raise Refused(500) from None
        finally:
            if self.streaming:
                self.outlet.close(whole=whole)
        return None

    def _run(self) -> FileAnswer | None:
        """Collect the application's pieces; a file is not read here but handed over open."""
        pieces: Iterable[bytes] = self.application(self.environ, self._start_response)
        if (file := file_answer(self.status, self.headers, pieces)) is not None:
            return file
        try:
            for piece in pieces:
                self._take(piece)
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()
        return None

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        if exc_info is not None and self.streaming:
            raise exc_info[1].with_traceback(exc_info[2])
        self.status = int(status[:3])
        named = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self.headers = [header for header in named if header[0] not in _OURS]
        return self._take

    def _take(self, piece: bytes) -> None:
        self.collected.append(piece)
        self.size += len(piece)
        if self.size > (PIECE_BYTES if self.streaming else WHOLE_BYTES):
            self._flush()

    def _flush(self) -> None:
        if not self.streaming:
            self.streaming = True
            self.outlet.open(self.status, self.headers)
        piece, self.collected, self.size = b"".join(self.collected), [], 0
        if piece:
            self.outlet.put(piece)

    def _answer(self) -> Answer:
        if not self.status:
            raise RuntimeError("the application never called start_response")
        body = b"".join(self.collected)
        if self.environ["REQUEST_METHOD"] == "HEAD" and not body:
            return Answer(self.status, self.headers, b"")
        headers = [header for header in self.headers if header[0] != b"content-length"]
        if self.status not in WITHOUT_BODY:
            headers.append((b"content-length", b"%d" % len(body)))
        return Answer(self.status, headers, body)
