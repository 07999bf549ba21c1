"""Files on their way out: a lane's thread opens one and is free again, the event loop pours it at the client's pace."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from capture.core.finished import Headers
from capture.serving.refusals import Refused

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

PIECE_BYTES = 64 * 1024
# A disk may keep a reader waiting, and the event loop must not.
THREADS = 2
_RANGE = re.compile(rb"bytes (\d+)-(\d+)/")


class FilePieces:
    """`wsgi.file_wrapper` of PEP 3333. An application that iterates it itself gets pieces, as from any server."""

    def __init__(self, file: Any, size: int = PIECE_BYTES) -> None:
        self.file = file
        self.size = size

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece: bytes = self.file.read(self.size)
        if not piece:
            raise StopIteration
        return piece

    def close(self) -> None:
        self.file.close()


class FileAnswer(NamedTuple):
    """An answer whose body is a part of an open file; `pieces` closes it."""

    status: int
    headers: Headers
    pieces: Any
    file: Any
    start: int
    length: int


def file_answer(status: int, headers: Headers, pieces: Any) -> FileAnswer | None:
    """The answer, if that is what the application returned: the wrapper itself, or Werkzeug's range over it."""
    named = dict(headers)
    part = _RANGE.match(named.get(b"content-range", b""))
    wrapper = getattr(pieces, "iterable", None) if part else pieces
    if not isinstance(wrapper, FilePieces) or not hasattr(wrapper.file, "fileno"):
        return None
    start = int(part[1]) if part else wrapper.file.tell()
    length = int(part[2]) + 1 - start if part else os.fstat(wrapper.file.fileno()).st_size - start
    if named.get(b"content-length") != b"%d" % length:
        return None
    return FileAnswer(status, headers, pieces, wrapper.file, start, length)


class Files:
    """The files being poured; lives in the event loop's thread."""

    def __init__(self, most: int) -> None:
        self.places = most
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="files")

    async def pour(self, answer: FileAnswer, receive: Receive, send: Send) -> None:
        """Send the answer; a file that turns out shorter is left unfinished, so that nobody takes it for the whole."""
        try:
            if self.places <= 0:
                raise Refused(503)
            self.places -= 1
            try:
                await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
                await self._pour(answer, receive, send)
            finally:
                self.places += 1
        finally:
            answer.pieces.close()

    async def _pour(self, answer: FileAnswer, receive: Receive, send: Send) -> None:
        gone = asyncio.ensure_future(_gone(receive))
        at, end = answer.start, answer.start + answer.length
        try:
            while not gone.done():
                piece = await self._read(answer.file, min(PIECE_BYTES, end - at), at)
                at += len(piece)
                if not piece and at < end:
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": at < end})
                if at >= end:
                    return
        finally:
            gone.cancel()

    async def _read(self, file: Any, size: int, at: int) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self.pool, os.pread, file.fileno(), size, at)

    def close(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
