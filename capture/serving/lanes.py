"""Bounded lanes of threads; their places are counted in the event loop's thread and need no lock."""

import asyncio
import contextvars
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from capture.serving.plan import Bounds, LaneSize
from capture.serving.refusals import Refused

T = TypeVar("T")


class Lane:
    """A few threads and a few waiting places. The pool's own queue has no bound, so the count is what bounds it."""

    def __init__(self, name: str, size: LaneSize, *, queue_seconds: float) -> None:
        self.pool = ThreadPoolExecutor(size.threads, thread_name_prefix=name)
        self.places = size.threads + size.waiting
        self.queue_seconds = queue_seconds

    def start(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Queue this work. A full lane refuses at once; work that still waits after a while is cancelled unrun."""
        if self.places <= 0:
            raise Refused(503)
        queued = self.pool.submit(contextvars.copy_context().run, work)
        running = asyncio.wrap_future(queued)
        # on the loop, because no thread may become free; cancelling does nothing to work that has begun
        patience = asyncio.get_running_loop().call_later(self.queue_seconds, queued.cancel)
        self.places -= 1
        running.add_done_callback(partial(self._leave, patience))
        return running

    def _leave(self, patience: asyncio.TimerHandle, running: asyncio.Future[T]) -> None:
        patience.cancel()
        self.places += 1


class Lanes:
    """All lanes by name."""

    def __init__(self, bounds: Bounds) -> None:
        self.lanes: Mapping[str, Lane] = {
            name: Lane(name, size, queue_seconds=bounds.queue_seconds) for name, size in bounds.lanes.items()
        }

    def __getitem__(self, name: str) -> Lane:
        return self.lanes[name]

    def close(self) -> None:
        for lane in self.lanes.values():
            lane.pool.shutdown(wait=False, cancel_futures=True)
