"""A destination that accepts and never answers takes nobody else's time."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from time import monotonic

import pytest

from tests.durability.conftest import QUEUED
from tests.durability.crowd import json_post, sent
from tests.durability.house import LONG, House, until
from tests.durability.judge import examine, report
from tests.durability.mailbox import Dead, Mailbox

LEADS, A_SECOND = 1_200 if LONG else 40, 20
WITHIN_SECONDS = 2.0


@pytest.mark.parametrize("dead", [1, 5], ids=["one-dead", "five-dead"])
def test_a_dead_destination_delays_no_other(busy_house: House, dead: int, request: pytest.FixtureRequest) -> None:
    house = busy_house
    with ExitStack() as ends:
        box = ends.enter_context(Mailbox())
        house.send_to(box.port)
        house.skip_all_but(0)
        for number in range(dead):
            house.send_also_to(f"dead-{number}", ends.enter_context(Dead()).port)
        house.serve()
        house.worker()
        hanging = "SELECT count(DISTINCT destination_id) FROM delivery WHERE claim IS NOT NULL"
        until(lambda: house.one(hanging) == dead, every=0.1, what="the worker hangs at each of them")
        slowest = _slowest_of(house, box)
        waiting = house.one("SELECT count(*) FROM delivery WHERE state = 'waiting'")
        assert waiting >= dead * QUEUED, "the dead ones' messages wait on"
        assert slowest < WITHIN_SECONDS
        assert set(box.times.values()) == {1}
        examine(house)
        house.close()
    report(request, f"{waiting} wait for {dead} dead, {LEADS} leads at {A_SECOND}/s arrived within {slowest:.2f} s")


def _slowest_of(house: House, box: Mailbox) -> float:
    """Leads at an even pace; the longest time from acknowledgement to arrival."""
    told: dict[str, float] = {}
    began, ticks = monotonic(), threading.Event()
    for number in range(LEADS):
        ticks.wait(max(0.0, began + number / A_SECOND - monotonic()))
        email = f"later-{number}@example.com"
        assert sent(house.port, json_post("guide", {"email": email})).status == 201
        told[email] = monotonic()
    until(lambda: len(box.arrived) == LEADS, 8, what="all leads arrive at the healthy one")
    return max(one.at - told[one.email] for one in box.arrived)
