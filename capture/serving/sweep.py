"""One timer over all open connections, which ends those that keep the server waiting."""

import asyncio
import logging
from collections.abc import Collection
from typing import Any, Literal, Protocol

from capture.serving.plan import Bounds

log = logging.getLogger(__name__)

Verdict = Literal["abort", "late", "idle"]


class Watched(Protocol):
    """What the sweep sees of a connection."""

    transport: Any
    in_head: bool
    since: float
    stuck_since: float | None
    stuck_bytes: int

    @property
    def owes(self) -> bool: ...
    def note_stuck(self, now: float) -> None: ...
    def refuse(self, status: int) -> None: ...


def verdict(connection: Watched, now: float, bounds: Bounds) -> Verdict | None:
    """Why this connection must end now, if it must. While an answer is owed, the front's deadlines count."""
    if connection.stuck_since is not None and now - connection.stuck_since > bounds.stalled_seconds:
        return "abort" if _hardly_reads(connection, bounds) else None
    if connection.owes or connection.transport.is_closing():
        return None
    waited = now - connection.since
    if connection.in_head:
        return "late" if waited > bounds.head_seconds else None
    return "idle" if waited > bounds.idle_seconds else None


class Sweep:
    """Started by the first connection, because uvicorn's worker processes give no earlier place to do it."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.running = False

    def start(self, loop: asyncio.AbstractEventLoop, connections: Collection[Any]) -> None:
        if not self.running:
            self.running = True
            self._again(loop, connections)

    def _again(self, loop: asyncio.AbstractEventLoop, connections: Collection[Any]) -> None:
        loop.call_later(self.bounds.sweep_seconds, self._round, loop, connections)

    def _round(self, loop: asyncio.AbstractEventLoop, connections: Collection[Any]) -> None:
        now = loop.time()
        for connection in tuple(connections):
            try:
                self._look_at(connection, now)
            except Exception:
                log.exception("the sweep stumbled over a connection")
        self.running = bool(connections)
        if self.running:
            self._again(loop, connections)

    def _look_at(self, connection: Watched, now: float) -> None:
        match verdict(connection, now, self.bounds):
            case "abort":
                connection.transport.abort()
            case "late":
                connection.refuse(408)
            case "idle":
                connection.transport.close()
            case None:
                _keep_book(connection, now, self.bounds)


def _keep_book(connection: Watched, now: float, bounds: Bounds) -> None:
    # close() waits for the buffer to drain, for ever if nobody reads: a closing connection is a stuck one
    closing = connection.stuck_since is None and connection.transport.is_closing()
    overdue = connection.stuck_since is not None and now - connection.stuck_since > bounds.stalled_seconds
    if closing or overdue:
        connection.note_stuck(now)


def _hardly_reads(connection: Watched, bounds: Bounds) -> bool:
    """A slow but honest reader of something long has taken some of it in the meantime."""
    read = connection.stuck_bytes - connection.transport.get_write_buffer_size()
    return bool(read < bounds.body_bytes_per_second * bounds.stalled_seconds)
