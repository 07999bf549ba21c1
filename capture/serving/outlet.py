"""The way of a long answer from a lane's thread to the event loop: four pieces at most wait in between."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from capture.core.finished import Headers
from capture.serving.refusals import ClientGone

PIECES_WAITING = 4


class Outlet:
    """The thread opens it and puts; the loop pours. Abandoning it makes the next put fail."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.opened: asyncio.Future[tuple[int, Headers] | None] = loop.create_future()
        self.pieces: asyncio.Queue[bytes | None]  # there from the moment when it is opened
        self.abandoned = False
        self.whole = False

    def open(self, status: int, headers: Headers) -> None:
        self.pieces = asyncio.Queue(PIECES_WAITING)
        self.loop.call_soon_threadsafe(self._tell, (status, headers))

    def not_needed(self, _done: object) -> None:
        """The work is over: if it took no outlet until now, it never will."""
        self._tell(None)

    def put(self, piece: bytes) -> None:
        if self.abandoned:
            raise ClientGone
        self._hand_over(piece)

    def close(self, *, whole: bool) -> None:
        self.whole = whole
        self._hand_over(None)

    def _tell(self, head: tuple[int, Headers] | None) -> None:
        if not self.opened.done():
            self.opened.set_result(head)

    def _hand_over(self, piece: bytes | None) -> None:
        asyncio.run_coroutine_threadsafe(self.pieces.put(piece), self.loop).result()

    async def pour(
        self, receive: Callable[[], Awaitable[Any]], send: Callable[[dict[str, Any]], Awaitable[None]]
    ) -> None:
        """Send every piece; a part that ends early is left unfinished, so that nobody takes it for the whole."""
        watch = asyncio.ensure_future(self._watch(receive))
        try:
            while (piece := await self.pieces.get()) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if self.whole:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            watch.cancel()
            self._abandon()

    async def _watch(self, receive: Callable[[], Awaitable[Any]]) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self._abandon()

    def _abandon(self) -> None:
        # emptied, so that a thread waiting for room wakes up and meets the refusal at its next piece
        self.abandoned = True
        last: list[bytes | None] = []
        while not self.pieces.empty():
            last.append(self.pieces.get_nowait())
        if last and last[-1] is None:
            self.pieces.put_nowait(None)
