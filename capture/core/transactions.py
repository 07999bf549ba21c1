"""One fact, one durable transaction.

`with transaction() as write:` gives a connection; when the block ends, what it wrote is on disk. Nothing below a
door opens or commits one. On SQLite the transactions that wait for each other within a process share one commit
(each in its own savepoint, so that a bad one never takes its neighbours along): the disk is waited for once.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import Flask, current_app
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from capture.core import http, mail, sqlite
from capture.core.db import db, sqlite_file
from capture.core.errors import Busy

TRIES = 6
MOST_TOGETHER = 32
EXTENSION = "capture.writer"
RACED_STATES = {"40001", "40P01", "23505"}  # serialisation failure, deadlock, unique violation

P = ParamSpec("P")
R = TypeVar("R")

_open: ContextVar[bool] = ContextVar("transaction_open", default=False)


class Writer(Protocol):
    def turn(self) -> AbstractContextManager[Connection]: ...


def attach(app: Flask) -> None:
    """Give the application its writer: shared commits on SQLite, plain transactions elsewhere."""
    with app.app_context():
        file = sqlite_file(app.config["SQLALCHEMY_DATABASE_URI"])
        app.extensions[EXTENSION] = SharedCommit(db.engine, file) if file else PlainCommit(db.engine)
    http.before_send = mail.before_send = assert_no_transaction


@contextmanager
def transaction() -> Iterator[Connection]:
    """Everything in the block or nothing; durable when it ends. Raises Busy when no turn came in time."""
    assert_no_transaction()
    if db.session.registry.has():
        db.session.rollback()  # what is read after the write must not be older than it
    token = _open.set(True)
    try:
        with current_app.extensions[EXTENSION].turn() as connection:
            yield connection
    finally:
        _open.reset(token)


def assert_no_transaction() -> None:
    """What can time out (a call, a mail, a second transaction) has no place inside a transaction."""
    if _open.get():
        raise RuntimeError("A transaction is open here: decide before it, send after it.")


def again_if_raced(function: Callable[P, R]) -> Callable[P, R]:
    """Run it again when another transaction was first; the second run finds what that one wrote.

    The function must be safe to repeat: plain values in, one transaction inside.
    """

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            try:
                return function(*args, **kwargs)
            except DBAPIError as error:
                if not _is_race(error):
                    raise
        return function(*args, **kwargs)

    return run


def _is_race(error: DBAPIError) -> bool:
    return isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", None) in RACED_STATES


class PlainCommit:
    """PostgreSQL orders its own writers and groups their commits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except PoolTimeout as error:
            raise Busy("The database is busy.") from error
        except (OperationalError, InterfaceError) as error:
            if _is_race(error):
                raise
            # A lock that took too long, a server that went away: nothing was stored, and it passes.
            raise Busy("The database is busy.") from error


class _Batch:
    """Writes that will be committed together, and whether they were."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.say("BEGIN IMMEDIATE")
        self.transaction = connection.begin()
        self.size = 0
        self.settled = threading.Event()
        self.error: Exception | None = None

    def say(self, sql: str) -> None:
        """Straight to the driver: it is said twice for every lead."""
        driver: Any = self.connection.connection.dbapi_connection
        driver.execute(sql)

    def await_commit(self) -> None:
        self.settled.wait()
        if self.error is not None:
            raise self.error


class SharedCommit:
    """SQLite has one writer: threads take turns on one connection, the last one waiting commits for all."""

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine = engine.execution_options(**{sqlite.WRITER: True})
        self._file_turn = sqlite.FileTurn(file.with_name(file.name + ".writer"))
        self._turn, self._count = threading.Lock(), threading.Lock()
        self._waiting = 0
        self._batch: _Batch | None = None
        self._connection: Connection | None = None

    @contextmanager
    def turn(self) -> Iterator[Connection]:
        batch = self._enter()
        try:
            batch.say("SAVEPOINT one")
            yield batch.connection
            batch.say("RELEASE one")
        except BaseException:
            self._undo(batch)
            self._leave(batch)
            raise
        self._leave(batch)
        batch.await_commit()

    def _enter(self) -> _Batch:
        began = time.monotonic()
        with self._count:
            self._waiting += 1
        try:
            self._turn.acquire()
        finally:
            with self._count:
                self._waiting -= 1
        try:
            if self._batch is None:
                self._batch = self._begin(began)
            return self._batch
        except BaseException:
            self._turn.release()
            raise

    def _begin(self, began: float) -> _Batch:
        if sqlite.patience_over(began):
            raise Busy("The database is busy.")
        self._file_turn.take()
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            return _Batch(self._connection)
        except BaseException as error:
            self._start_anew()
            self._file_turn.give()
            if isinstance(error, sqlite.driver.OperationalError) and "locked" in str(error):
                raise Busy("The database is busy.") from error
            raise

    def _start_anew(self) -> None:
        """Whatever state the connection is in, it is not used again."""
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None

    def _undo(self, batch: _Batch) -> None:
        try:
            batch.say("ROLLBACK TO one")
            batch.say("RELEASE one")
        except sqlite.driver.Error as error:  # SQLite itself gave the whole transaction up, for instance on a full disk
            batch.error = error

    def _leave(self, batch: _Batch) -> None:
        batch.size += 1
        with self._count:
            others = self._waiting > 0
        if not others or batch.size >= MOST_TOGETHER or batch.error is not None:
            self._settle(batch)
        self._turn.release()

    def _settle(self, batch: _Batch) -> None:
        self._batch = None
        try:
            if batch.error is None:
                batch.transaction.commit()
            else:
                batch.transaction.rollback()
        except Exception as error:
            batch.error = error
        finally:
            if batch.error is not None:
                self._start_anew()
            self._file_turn.give()
            batch.settled.set()
