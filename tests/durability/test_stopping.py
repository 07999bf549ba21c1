"""SIGTERM: what was begun is finished, what was thanked is stored, and the exit code is 0."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from tests.durability.crowd import Crowd, Line, form_post, neighbour
from tests.durability.house import LONG, House, until
from tests.durability.judge import compare, examine, report

STOPS, STARTS = (50, 50) if LONG else (1, 2)


@pytest.mark.parametrize("processes", [1, 2], ids=["one-process", "two-processes"])
def test_a_server_that_is_replaced_under_load_loses_nobody(
    house: House, processes: int, request: pytest.FixtureRequest
) -> None:
    web = house.serve(processes)
    with Crowd(house.port) as crowd:
        for _ in range(STOPS):
            crowd.await_answers(40)
            crowd.open.clear()
            assert web.stop() == 0
            until(house.port_is_free, what="the port of the stopped server")
            web = house.serve(processes)
            crowd.open.set()
        crowd.await_answers(40)
    assert web.stop() == 0
    crowd.complain()
    examine(house)
    figures = compare(house, crowd.journal)
    report(request, f"{STOPS} stops under load, each with exit code 0, {figures}")


def test_what_is_under_way_is_answered_before_the_end(house: House, request: pytest.FixtureRequest) -> None:
    """Sixty-four posts are held up by a lock when the signal comes; it is let go of, and all are answered."""
    web = house.serve()
    with ExitStack() as lines:
        open_lines = [lines.enter_context(Line(house.port, source=neighbour(n))) for n in range(64)]
        assert {line.get("/healthz").status for line in open_lines} == {200}
        with house.outside() as foreign:
            foreign.exec_driver_sql(
                "BEGIN IMMEDIATE" if house.is_sqlite else "LOCK TABLE lead IN ACCESS EXCLUSIVE MODE"
            )
            for number, line in enumerate(open_lines):
                line.send(form_post("guide", {"email": f"late-{number}@example.com"}))
            # Two answers from the same event loop: by then it has read what came before.
            until(house.is_ready, what="it answers")
            until(house.is_ready, what="it answers again")
            web.terminate()
            until(lambda: house.port_is_free() or not web.is_running, what="no more calls are taken")
            assert web.is_running, "it ended with sixty-four people in the room"
            foreign.exec_driver_sql("ROLLBACK")
        answers = [line.answer() for line in open_lines]
    assert {answer.status for answer in answers} == {303}
    assert web.ended() == 0
    stored = {str(row[0]) for row in house.rows("SELECT id FROM submission")}
    assert stored == {answer.submission for answer in answers}
    examine(house)
    report(request, f"{len(answers)} under way at the signal, all answered and stored, exit code 0")


def test_the_first_people_after_a_start_may_come_all_at_once(house: House, request: pytest.FixtureRequest) -> None:
    """They wait at the door; nothing that is loaded on first use may be seen half loaded."""
    for _ in range(STARTS):
        web = house.serve(wait=False)
        with Crowd(house.port, threads=16) as crowd:
            crowd.await_answers(50)
        web.kill()
        crowd.complain()
        until(house.port_is_free, what="the port")
    examine(house)
    report(request, f"{STARTS} starts, 16 waited at the door each time, no half-loaded answer")
