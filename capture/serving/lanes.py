"""Bounded lanes of threads; their places are counted in the event loop's thread and need no lock."""

import asyncio
import contextvars
import time
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
        """Queue this work; a full lane refuses at once, and work that waited too long is refused unrun."""
        if self.places <= 0:
            raise Refused(503)
        latest = time.monotonic() + self.queue_seconds
        in_time = partial(contextvars.copy_context().run, _run_in_time, work, latest)
        running = asyncio.get_running_loop().run_in_executor(self.pool, in_time)
        self.places -= 1
        running.add_done_callback(self._leave)
        return running

    def _leave(self, running: asyncio.Future[T]) -> None:
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


def _run_in_time(work: Callable[[], T], latest: float) -> T:
    if time.monotonic() > latest:
        raise Refused(503)
    return work()
