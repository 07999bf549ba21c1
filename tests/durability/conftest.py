"""Houses on real databases, made from a template in a moment; and the figures of each test at the end."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.durability.crowd import in_parallel, json_post, sent
from tests.durability.house import LONG, SITE, House

HERE = Path(__file__).parent
SECONDS_MOST = 4 * 3600 if LONG else 300
QUEUED = 6_000 if LONG else 200
Make = Callable[[str], House]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], House]]:
    """A migrated house with the site, for each kind of database; copied, never run."""
    made: dict[str, House] = {}

    def of(kind: str) -> House:
        if kind not in made:
            folder = tmp_path_factory.mktemp(f"template-{kind}")
            url = f"sqlite:///{folder}/capture.sqlite"
            if kind == "postgresql":
                url = services.fresh_database(new_name())
            made[kind] = House(folder, url)
            made[kind].command("migrate")
            made[kind].command("apply", str(SITE))
        return made[kind]

    yield of
    for house in made.values():
        removed(house)


@pytest.fixture(scope="session")
def build(template: Callable[[str], House], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Make]:
    """Build a house: `build("sqlite")`."""
    with ExitStack() as ends:

        def one(kind: str) -> House:
            house = _copied(template(kind), tmp_path_factory.mktemp(f"house-{kind}"))
            ends.callback(removed, house)
            return house

        yield one


@pytest.fixture(scope="session")
def filled(build: Make) -> Callable[[str], House]:
    """A house where people left their leads and nothing was sent yet, for each kind of database; copied, never run."""
    made: dict[str, House] = {}

    def of(kind: str) -> House:
        if kind not in made:
            made[kind] = build(kind)
            fill(made[kind], QUEUED)
        return made[kind]

    return of


@pytest.fixture(params=["sqlite", "postgresql"])
def busy_house(
    request: pytest.FixtureRequest, filled: Callable[[str], House], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house of the test's own, with messages to send."""
    made = _copied(filled(request.param), tmp_path_factory.mktemp(f"busy-{request.param}"))
    yield made
    removed(made)


@pytest.fixture(params=["sqlite", "postgresql"])
def house(request: pytest.FixtureRequest, build: Make) -> Iterator[House]:
    """A house of the test's own, on each kind of database."""
    made = build(request.param)
    yield made
    removed(made)


@pytest.fixture
def sqlite_house(build: Make) -> Iterator[House]:
    made = build("sqlite")
    yield made
    removed(made)


@pytest.fixture
def postgresql_house(build: Make) -> Iterator[House]:
    made = build("postgresql")
    yield made
    removed(made)


STANDING = {"sqlite-1": ("sqlite", 1), "sqlite-2": ("sqlite", 2), "pg-1": ("postgresql", 1), "pg-2": ("postgresql", 2)}


@pytest.fixture(scope="session", params=STANDING)
def standing(request: pytest.FixtureRequest, build: Make) -> Iterator[House]:
    """A house whose web server runs already, in one process or two, shared by tests that only post."""
    kind, processes = STANDING[request.param]
    made = build(kind)
    made.serve(processes)
    yield made
    removed(made)


def fill(house: House, count: int) -> None:
    """So many new leads, each with one message to send."""
    web = house.serve()
    posts = [json_post("guide", {"email": f"lead-{n}@example.com"}) for n in range(count)]
    answers = in_parallel(lambda post: sent(house.port, post), posts, threads=8)
    assert {answer.status for answer in answers} == {201}
    assert web.stop() == 0


def _copied(original: House, folder: Path) -> House:
    shutil.copytree(original.folder, folder, dirs_exist_ok=True)
    if original.is_sqlite:
        return House(folder, f"sqlite:///{folder}/capture.sqlite")
    return House(folder, _copied_database(original.url, new_name()))


def new_name() -> str:
    """A database that no other run has, at this moment or later."""
    return f"durability_{secrets.token_hex(6)}"


def _copied_database(url: str, name: str) -> str:
    import psycopg

    head, _, query = url.partition("?")
    server, _, database = head.rpartition("/")
    with psycopg.connect(services.postgres_url(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}"')
    return f"{server}/{name}" + (f"?{query}" if query else "")


def removed(house: House) -> None:
    """End what runs there; a database of a server goes, a file stays to be looked at."""
    import psycopg

    house.close()
    name = house.url.partition("?")[0].rpartition("/")[2]
    if not house.is_sqlite:
        with psycopg.connect(services.postgres_url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


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
