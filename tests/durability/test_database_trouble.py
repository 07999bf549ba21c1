"""A database that is locked, restarted or cut off: people wait or are told to come back, and nothing is lost."""

from __future__ import annotations

import time

import pytest

from tests.durability.conftest import Postgres
from tests.durability.crowd import Answer, Crowd, Line, form_post, json_post, sent
from tests.durability.house import LONG, House, until
from tests.durability.judge import compare, examine, report

ROUNDS = 50 if LONG else 3
REVISION_SECONDS = 1.2  # twice as long as a process believes what it knows of the configuration


def told(crowd: Crowd) -> set[str]:
    return {entry.answer.submission for entry in crowd.acknowledged if entry.answer}


def stored(house: House) -> set[str]:
    return {str(row[0]) for row in house.rows("SELECT id FROM submission")}


@pytest.mark.parametrize("seconds", [2.0, 60.0 if LONG else 6.5])
def test_a_foreign_writer_makes_people_wait_but_loses_nobody(
    sqlite_house: House, seconds: float, request: pytest.FixtureRequest
) -> None:
    house = sqlite_house
    web = house.serve()
    with Crowd(house.port, threads=16) as crowd:
        crowd.await_answers(30)
        with house.outside() as foreign:
            foreign.exec_driver_sql("BEGIN IMMEDIATE")
            time.sleep(seconds)  # the time is the fault
            assert told(crowd) <= stored(house), "somebody was thanked while nothing could be written"
            foreign.exec_driver_sql("ROLLBACK")
        crowd.await_answers(30)
    crowd.complain()
    assert crowd.unanswered == 0
    if seconds < 5:
        assert not crowd.refused, "two seconds are within everybody's patience"
    assert web.stop() == 0
    examine(house)
    refused = f"{len(crowd.refused)} asked to come back"
    report(request, f"locked for {seconds:g} s, {refused}, {compare(house, crowd.journal)}")


def test_a_reader_that_stays_open_hurts_nobody(sqlite_house: House, request: pytest.FixtureRequest) -> None:
    house = sqlite_house
    web = house.serve(2)
    with house.outside() as reader:
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT count(*) FROM lead").all()
        with Crowd(house.port, threads=16) as crowd:
            crowd.await_answers(20_000 if LONG else 300, 1_200 if LONG else 30)
        assert reader.exec_driver_sql("SELECT count(*) FROM lead").scalar() == 0, "it still sees its own moment"
    assert not crowd.refused
    assert web.stop() == 0
    examine(house)
    report(request, f"one reader open, {compare(house, crowd.journal)}")


def test_connections_that_are_cut_off_heal(postgresql_house: House, request: pytest.FixtureRequest) -> None:
    house = postgresql_house
    web, cut = house.serve(2), 0
    mine = "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    others = f"{mine} WHERE datname = current_database() AND pid <> pg_backend_pid()) AS ended"
    with Crowd(house.port) as crowd:
        for _ in range(ROUNDS * 4):
            crowd.await_answers(15)
            cut += house.one(others)
        crowd.await_answers(50)
    assert cut > 0
    crowd.complain()
    assert web.stop() == 0
    examine(house)
    refused = f"{len(crowd.refused)} asked to come back"
    report(request, f"{cut} connections cut off, {refused}, {compare(house, crowd.journal)}")


def test_a_database_that_is_restarted_the_hard_way_loses_nobody(
    postgresql_house: House, postgres: Postgres, request: pytest.FixtureRequest
) -> None:
    house = postgresql_house
    web = house.serve(2)
    with Crowd(house.port) as crowd:
        for _ in range(ROUNDS):
            crowd.await_answers(40)
            postgres.restart()
        crowd.await_answers(100)
    crowd.complain()
    assert web.stop() == 0
    examine(house)
    refused = f"{len(crowd.refused)} asked to come back"
    report(request, f"{ROUNDS} hard restarts, {refused}, {compare(house, crowd.journal)}")


def test_while_the_database_is_away_pages_go_on_and_leads_are_told_to_come_back(
    postgresql_house: House, postgres: Postgres, request: pytest.FixtureRequest
) -> None:
    house = postgresql_house
    house.serve()
    typed = {"email": "an@example.com", "name": "Nguyễn An"}
    with Line(house.port) as line:
        before = line.get("/few")
    with postgres.away(house.url):
        time.sleep(REVISION_SECONDS)  # long enough for every process to have asked in vain
        with Line(house.port) as line:
            meanwhile = line.get("/few")
        refused = [sent(house.port, post("guide", typed, key="while-away")) for post in (form_post, json_post)]
    assert (before.status, meanwhile.status, meanwhile.body) == (200, 200, before.body)
    assert [(one.status, bool(one.headers.get("retry-after"))) for one in refused] == [(503, True)] * 2
    stored = until(lambda: _stored_now(house, typed), what="an answer after the database came back")
    report(request, f"page {meanwhile.status}, both doors {refused[0].status} meanwhile, {stored.status} afterwards")


def _stored_now(house: House, typed: dict[str, str]) -> Answer | None:
    answer = sent(house.port, form_post("guide", typed, key="while-away"))
    return answer if answer.is_acknowledged else None


def test_who_is_told_to_come_back_keeps_what_they_typed(house: House, request: pytest.FixtureRequest) -> None:
    """The lead's table is locked for longer than anybody waits."""
    house.serve()
    typed = {"email": "an@example.com", "name": "Nguyễn Thị Ánh Dương", "company": "Quán Cà Phê Sớm"}
    with house.outside() as foreign:
        foreign.exec_driver_sql("BEGIN IMMEDIATE" if house.is_sqlite else "LOCK TABLE lead IN ACCESS EXCLUSIVE MODE")
        answer = sent(house.port, form_post("guide", typed, key="patience"))
        foreign.exec_driver_sql("ROLLBACK")
    assert (answer.status, bool(answer.headers.get("retry-after"))) == (503, True)
    for text in typed.values():
        assert text in answer.body.decode(), f"{text!r} was lost"
    retried = until(lambda: sent(house.port, form_post("guide", typed, key="patience")), what="an answer")
    assert retried.status == 303
    assert house.one("SELECT count(*) FROM submission") == 1
    report(request, "1 asked to come back with everything kept, 1 stored")
