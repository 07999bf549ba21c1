"""A thread of its own that calls the product again and again, whatever the lanes are doing."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Ticker:
    """An exception costs one tick; it is logged once until a tick succeeds again, or an outage would fill the log."""

    def __init__(self, tick: Callable[[], None], *, seconds: float) -> None:
        self.tick = tick
        self.seconds = seconds
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self._run, name="tick", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()
        self.thread.join(timeout=2.0)

    def _run(self) -> None:
        failing = False
        while not self.stopped.wait(self.seconds):
            try:
                self.tick()
                failing = False
            except Exception:
                log.log(logging.DEBUG if failing else logging.ERROR, "a tick failed", exc_info=True)
                failing = True
