"""The web server's whole process group is killed at random moments; whoever was thanked is stored, once."""

from __future__ import annotations

import random
import time

import pytest

from tests.durability.conftest import Builder
from tests.durability.crowd import Crowd
from tests.durability.house import LONG, House, Program, until
from tests.durability.judge import compare, examine, found_again, report

# For each run below; two processes take twice as long to come back.
KILLS = {("sqlite", 1): 12, ("sqlite", 2): 4, ("postgresql", 1): 6, ("postgresql", 2): 2}
SHORTEST, LONGEST = 0.0, 0.150


@pytest.mark.parametrize("processes", [1, 1, 1, 2], ids=["a", "b", "c", "two-processes"])
@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_killed_server_loses_and_doubles_nothing(
    build: Builder, kind: str, processes: int, request: pytest.FixtureRequest
) -> None:
    house, kills = build(kind), 100 if LONG else KILLS[kind, processes]
    web = house.serve(processes)
    with Crowd(house.port) as crowd:
        for _ in range(kills):
            _kill_under_load(house, crowd, web)
            web = house.serve(processes)
            crowd.open.set()
        crowd.await_answers(20)
    web.kill()
    crowd.complain()
    examine(house)
    figures = compare(house, crowd.journal)
    assert crowd.unanswered > 0, "no kill met a request: this run proved nothing"
    saved = found_again(house, crowd.journal)
    report(request, f"{kills} kills, {crowd.unanswered} cut off, {saved} of them stored already, {figures}")


def _kill_under_load(house: House, crowd: Crowd, web: Program) -> None:
    """At a random moment after the first answers: whoever is killed while still warming up has nothing to lose."""
    crowd.await_answers(2)
    time.sleep(random.uniform(SHORTEST, LONGEST))
    crowd.open.clear()
    web.kill()
    until(house.port_is_free, what="the port of the killed server")
