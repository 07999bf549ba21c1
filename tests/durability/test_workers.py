"""Workers that die, freeze or are told to stop: each message arrives, unchanged, and the last word is the right one."""

from __future__ import annotations

import random
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from capture.delivery.claims import CLAIM_SECONDS
from capture.delivery.models import Delivery
from tests.durability.conftest import QUEUED
from tests.durability.house import LONG, House, Program, until
from tests.durability.judge import examine, report
from tests.durability.mailbox import Arrived, Mailbox

KILLS = 300 if LONG else 9
ANSWER_SECONDS = 0.02
LEAST_A_SECOND = 16  # whoever looks for work only every 0.3 s gets to 13


def lapse(house: House, *, really: bool = LONG) -> None:
    """Let the claims of a dead worker lapse: for real in the long run, else by setting their end back."""
    if really:
        time.sleep(CLAIM_SECONDS + 1)
        return
    past = datetime.now(UTC) - timedelta(seconds=1)
    house.change(update(Delivery).where(Delivery.claimed_until.is_not(None)).values(claimed_until=past))


def freeze(house: House, worker: Program) -> None:
    """Stop it between two transactions: SQLite has one writer, and a frozen one keeps everybody out."""
    for _ in range(100):
        worker.signal(signal.SIGSTOP)
        if house.can_be_written():
            return
        worker.signal(signal.SIGCONT)
    raise AssertionError("the worker is always writing")


def delivered(house: House) -> int:
    return int(house.one("SELECT count(*) FROM delivery WHERE state = 'delivered'"))


def assert_settled(house: House, box: Mailbox, count: int) -> None:
    """All delivered, each by one attempt; what a killed worker had begun was no attempt."""
    rows = house.rows("SELECT message_id, state, attempts, claim FROM delivery WHERE state <> 'skipped'")
    assert [row for row in rows if (row[1], row[2], row[3]) != ("delivered", 1, None)] == []
    assert {str(row[0]) for row in rows} == set(box.times), "a message never arrived"
    assert len(rows) == count
    assert house.one("SELECT count(*) FROM attempt") == count
    box.assert_equal_bodies()
    examine(house)


def test_a_killed_worker_loses_no_message(busy_house: House, request: pytest.FixtureRequest) -> None:
    house = busy_house
    murder: list[Program] = []

    def answer(arrived: Arrived) -> int | None:
        """Every third kill comes from here: the body was read, and no answer was given."""
        if murder:
            murder.pop().kill()
            return None
        threading.Event().wait(ANSWER_SECONDS)
        return 204

    with Mailbox(answer) as box:
        house.send_to(box.port)
        for number in range(KILLS):
            _kill_one(house, box, murder, from_receiver=number % 3 == 0)
            lapse(house, really=LONG and number % 30 == 0)  # each takes half a minute
        last = house.worker()
        until(lambda: delivered(house) == QUEUED, QUEUED, every=0.1, what="everything is delivered")
        assert last.stop() == 0
        assert_settled(house, box, QUEUED)
        again = sum(count - 1 for count in box.times.values())
    report(
        request, f"{KILLS} kills, {QUEUED} messages arrived, {again} of them again with the same id and body, 0 lost"
    )


def _kill_one(house: House, box: Mailbox, murder: list[Program], *, from_receiver: bool) -> None:
    worker, before = house.worker(), len(box.arrived)
    until(lambda: len(box.arrived) > before, what="the worker sends")
    if from_receiver:
        murder.append(worker)
        until(lambda: not worker.is_running, what="the receiver kills the worker")
    else:
        time.sleep(random.uniform(0, 0.15))  # the random moment is the fault
        worker.kill()


def test_a_frozen_worker_cannot_overwrite_what_another_did(busy_house: House, request: pytest.FixtureRequest) -> None:
    house = busy_house
    thaw = threading.Event()

    def answer(arrived: Arrived) -> int:
        """The first worker's message is kept waiting, and then refused; the second's is taken."""
        if arrived.number > 1:
            return 204
        thaw.wait(60)
        return 500

    with Mailbox(answer) as box:
        house.send_to(box.port)
        house.skip_all_but(1)
        frozen = house.worker()
        until(lambda: box.arrived, what="the first worker sends")
        freeze(house, frozen)
        lapse(house)
        other = house.worker()
        until(lambda: delivered(house) == 1, every=0.1, what="the second worker delivers")
        assert other.stop() == 0
        settled = house.rows("SELECT state, attempts, why, claim, settled_at FROM delivery")
        thaw.set()
        frozen.signal(signal.SIGCONT)
        assert frozen.stop() == 0, "it ends when it has said what it has to say"
        assert house.rows("SELECT state, attempts, why, claim, settled_at FROM delivery") == settled
        assert_settled(house, box, 1)
    report(request, "1 message sent twice, the later worker's word stands")


def test_a_frozen_worker_frees_nothing_that_another_has_claimed(
    busy_house: House, request: pytest.FixtureRequest
) -> None:
    """Both are under way at once: whoever holds the newer claim writes, the older one is ignored."""
    house = busy_house
    first, second = threading.Event(), threading.Event()

    def answer(arrived: Arrived) -> int:
        (first if arrived.number == 1 else second).wait(60)
        return 500 if arrived.number == 1 else 204

    with Mailbox(answer) as box:
        house.send_to(box.port)
        house.skip_all_but(1)
        frozen = house.worker()
        until(lambda: box.arrived, what="the first worker sends")
        freeze(house, frozen)
        lapse(house)
        other = house.worker()
        until(lambda: len(box.arrived) == 2, what="the second worker sends")
        first.set()
        frozen.signal(signal.SIGCONT)
        assert frozen.stop() == 0, "it ends when it has said what it has to say"
        assert house.one("SELECT claim FROM delivery") is not None, "the second worker's claim is gone"
        assert house.one("SELECT attempts FROM delivery") == 0
        second.set()
        until(lambda: delivered(house) == 1, every=0.1, what="the second worker's result")
        assert other.stop() == 0
        assert_settled(house, box, 1)
    report(request, "1 message with two claims, only the newer one counts")


def test_a_worker_that_is_told_to_stop_finishes_what_it_began(
    busy_house: House, request: pytest.FixtureRequest
) -> None:
    """A clean end leaves no claim and no doubt: nothing is sent a second time."""
    house = busy_house
    with Mailbox(_slowly) as box:
        house.send_to(box.port)
        stops = 0
        while delivered(house) < QUEUED:
            _stop_one(house, box, after=min(len(box.arrived) + QUEUED // 4, QUEUED))
            stops += 1
        assert set(box.times.values()) == {1}, "sent twice, though nobody died"
        assert_settled(house, box, QUEUED)
    report(request, f"{stops} stops, {len(box.arrived)} messages arrived once each, 0 lost, 0 doubled")


def _stop_one(house: House, box: Mailbox, *, after: int) -> None:
    worker = house.worker()
    until(lambda: len(box.arrived) >= after, 300 if LONG else 20, what="it sends")
    assert worker.stop() == 0
    assert house.one("SELECT count(*) FROM delivery WHERE claim IS NOT NULL") == 0
    assert delivered(house) == len(box.arrived)


def _slowly(arrived: Arrived) -> int:
    threading.Event().wait(ANSWER_SECONDS)
    return 204


def test_several_workers_share_the_work_and_send_nothing_twice(
    busy_house: House, request: pytest.FixtureRequest
) -> None:
    house = busy_house
    with Mailbox(_slowly) as box:
        house.send_to(box.port)
        workers = [house.worker() for _ in range(3)]
        until(lambda: delivered(house) == QUEUED, QUEUED, every=0.1, what="everything is delivered")
        assert [worker.stop() for worker in workers] == [0, 0, 0]
        assert set(box.times.values()) == {1}
        assert_settled(house, box, QUEUED)
    report(request, f"3 workers, {QUEUED} messages arrived once each")


def test_a_destination_is_sent_to_as_fast_as_it_answers(busy_house: House, request: pytest.FixtureRequest) -> None:
    house = busy_house
    with Mailbox() as box:
        house.send_to(box.port)
        worker = house.worker()
        until(lambda: len(box.arrived) == QUEUED, QUEUED, what="everything arrives")
        a_second = QUEUED / (box.arrived[-1].at - box.arrived[0].at)
        assert worker.stop() == 0
        assert_settled(house, box, QUEUED)
    assert a_second > LEAST_A_SECOND
    report(request, f"{QUEUED} messages arrived, {a_second:.0f} a second")
