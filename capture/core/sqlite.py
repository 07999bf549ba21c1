"""SQLite as a durable database: which build may journal how, and the fair queue of its writers.

Builds from 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint at once
(sqlite.org/wal.html, "WAL-reset bug"; fixed in 3.51.3, 3.50.7 and 3.44.6). An affected build falls back to a
rollback journal, which is slower and safe.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from capture.core.driver import driver
from capture.core.errors import Busy

PATIENCE_SECONDS = 5.0
CHECKPOINT_PAGES = 4_000  # 16 MB: most of a busy minute's pages are written over before they are moved
WRITER = "capture_writer"
__all__ = ["PATIENCE_SECONDS", "WRITER", "FileTurn", "driver", "is_wal_safe", "journal_of", "patience_over", "prepare"]
FIXED = ((3, 51, 3),)
BACKPORTED = {(3, 50): 7, (3, 44): 6}


def is_wal_safe(version: tuple[int, int, int]) -> bool:
    """Whether this build may use the write-ahead log with several connections."""
    if version >= FIXED[0]:
        return True
    patch = BACKPORTED.get(version[:2])
    return patch is not None and version[2] >= patch


def journal_of(version: tuple[int, int, int]) -> tuple[str, str]:
    """(journal_mode, synchronous): what is acknowledged survives a power cut in both."""
    return ("WAL", "FULL") if is_wal_safe(version) else ("DELETE", "EXTRA")


def prepare(engine: Engine) -> None:
    """Set every connection up, and let us, not the driver, begin transactions."""

    @event.listens_for(engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        journal, synchronous = journal_of(driver.sqlite_version_info)
        durable = (f"journal_mode={journal}", f"synchronous={synchronous}")
        for pragma in (*durable, "foreign_keys=ON", "cache_size=-16000", f"wal_autocheckpoint={CHECKPOINT_PAGES}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _on_begin(connection: Connection) -> None:
        # A writer has said BEGIN IMMEDIATE itself: a reader cannot be promoted while another writes.
        if not connection.get_execution_options().get(WRITER, False):
            connection.exec_driver_sql("BEGIN")


class FileTurn:
    """One writer at a time among all processes, first come first served.

    `busy_timeout` is a lottery with sleeps; a waiting `flock` is a queue in the kernel. It cannot time out, so a
    thread of ours waits in it and hands the turn over, or gives it back if whoever asked has gone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._opened()

    def take(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Hold the turn when this returns; raises Busy after `seconds`."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._queue(seconds)

    def give(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def _opened(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def _queue(self, seconds: float) -> None:
        # A lock belongs to its descriptor: a waiter that is no longer wanted must not let go of another's.
        waiting, held, gone, guard = self._opened(), threading.Event(), threading.Event(), threading.Lock()

        def wait() -> None:
            fcntl.flock(waiting, fcntl.LOCK_EX)
            with guard:
                if gone.is_set():
                    os.close(waiting)
                held.set()

        threading.Thread(target=wait, daemon=True, name="file-turn").start()
        if not held.wait(seconds):
            with guard:
                if not held.is_set():
                    gone.set()
                    raise Busy("The database is busy.")
        os.close(self._file)
        self._file = waiting


def patience_over(began: float) -> bool:
    """Whether somebody who began to wait at `began` (monotonic seconds) has waited long enough."""
    return time.monotonic() - began > PATIENCE_SECONDS
