"""An installation of its own: folder, database, port, and the real processes that run on it."""

from __future__ import annotations

import fcntl
import http.client
import os
import random
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Executable, create_engine, event, insert, select, text, update
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from capture.core.ids import new_id
from capture.core.sqlite import driver
from capture.delivery.models import Delivery, Destination, Message
from tests.conftest import SECRET
from tests.programs import Program, done, started

SITE = Path(__file__).with_name("site.yaml")
LONG = os.environ.get("CHAOS") == "long"
CLOSED_PORT = 9


def own_port() -> int:
    """A free port below those that the kernel gives to callers.

    While a killed server is away its port must not become the near end of somebody's call, nor of a call to itself.
    """
    for port in random.sample(range(15_000, 32_000), 100):
        if is_free(port):
            return port
    raise RuntimeError("a hundred ports are taken")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return True
    return False


def until(true: Callable[[], Any], seconds: float = 20, *, every: float = 0.02, what: str = "") -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while not (found := true()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s: {what or true}")
        time.sleep(every)
    return found


@dataclass
class House:
    folder: Path
    url: str
    receivers: Sequence[int] = ()
    port: int = field(default_factory=own_port)
    programs: list[Program] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def environment(self, **more: str) -> dict[str, str]:
        allowed = ",".join(f"127.0.0.1:{port}" for port in (CLOSED_PORT, *self.receivers))
        own = {"INSTANCE": str(self.folder), "DATABASE_URL": self.url, "PORT": str(self.port), "EGRESS_ALLOW": allowed}
        quiet = {"RATE_LIMITS": "off", "HOOK_CRM_SECRET": SECRET, "REDIS_URL": "", "PUBLIC_URL": "", "SCREENING": "on"}
        return {**os.environ, **own, **quiet, **more}

    def command(self, *arguments: str) -> None:
        """Run a command to its end."""
        done(arguments, self.environment(), self.folder / "command.log")

    def start(self, command: str, **more: str) -> Program:
        log = self.folder / f"{command}-{len(self.programs)}.log"
        self.programs.append(started([command], self.environment(**more), log))
        return self.programs[-1]

    def serve(self, processes: int = 1, *, wait: bool = True) -> Program:
        web = self.start("serve", WEB_PROCESSES=str(processes))
        if wait:
            self.await_ready(web)
        return web

    def await_ready(self, web: Program) -> None:
        until(lambda: not web.is_running or self.is_ready(), what="readyz")
        assert web.is_running, web.log.read_text()

    def is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            try:
                line.request("GET", "/readyz")
                return line.getresponse().status == 200
            finally:
                line.close()
        return False

    def port_is_free(self) -> bool:
        """Whether the last process that listened has really gone."""
        return is_free(self.port)

    def worker(self) -> Program:
        return self.start("worker")

    def send_to(self, port: int) -> None:
        """Point the site's destination at a receiver of the test; for a house where nothing runs yet."""
        self.receivers = [*self.receivers, port]
        self.change(update(Destination).values(url=f"http://127.0.0.1:{port}/hook"))

    def send_also_to(self, name: str, port: int) -> None:
        """One more destination, for which every message there is waits too."""
        self.receivers = [*self.receivers, port]
        (like,) = self.rows(select(Destination.__table__).limit(1))
        own = {"id": new_id(), "name": name, "url": f"http://127.0.0.1:{port}/hook"}
        self.change(insert(Destination).values({**like._mapping, **own}))
        waiting = {"state": "waiting", "attempts": 0, "due_at": datetime.now(UTC), "destination_id": own["id"]}
        messages = [row[0] for row in self.rows(select(Message.id))]
        self.change(insert(Delivery).values([{"id": new_id(), "message_id": one, **waiting} for one in messages]))

    def skip_all_but(self, count: int) -> None:
        """Leave so many messages to be sent."""
        kept = select(Delivery.id).order_by(Delivery.id).limit(count)
        self.change(update(Delivery).where(Delivery.id.not_in(kept)).values(state="skipped"))

    @cached_property
    def engine(self) -> Engine:
        if not self.is_sqlite:
            return create_engine(self.url.replace("postgresql:", "postgresql+psycopg:", 1), poolclass=NullPool)
        made = create_engine(self.url, module=driver, poolclass=NullPool, connect_args={"timeout": 20})
        event.listen(made, "connect", _on_connect)
        return made

    @contextmanager
    def outside(self) -> Iterator[Connection]:
        """A connection of somebody who is no part of the product."""
        with self.engine.connect() as connection:
            yield connection

    def rows(self, sql: str | Executable, **values: Any) -> list[Any]:
        with self.outside() as read:
            return list(read.execute(text(sql) if isinstance(sql, str) else sql, values))

    def one(self, sql: str, **values: Any) -> Any:
        """The single value that a question gives."""
        return self.rows(sql, **values)[0][0]

    def change(self, statement: Executable) -> int:
        with self.outside() as write:
            changed = write.execute(statement).rowcount  # type: ignore[attr-defined]
            write.commit()
            return int(changed)

    def can_be_written(self) -> bool:
        """Whether nobody holds SQLite's lock at this moment, or stands first in the queue for it."""
        if not self.is_sqlite:
            return True
        with (self.folder / "capture.sqlite.writer").open("a") as turn, suppress(OSError, driver.OperationalError):
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with closing(driver.connect(self.folder / "capture.sqlite", timeout=0, isolation_level=None)) as probe:
                probe.execute("BEGIN IMMEDIATE")
            return True
        return False

    def close(self) -> None:
        for program in self.programs:
            program.kill()


def _on_connect(connection: Any, _record: Any) -> None:
    """An ordinary rollback-on-close connection, whose transactions begin when told to."""
    connection.isolation_level = None
