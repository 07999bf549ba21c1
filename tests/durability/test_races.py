"""Sixty-four at the same moment, through real HTTP, at one web process and at two."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from tests.durability.crowd import Answer, Post, form_post, json_post, together
from tests.durability.house import House
from tests.durability.judge import examine, report

MANY = 64
_numbers = itertools.count(1)


@dataclass
class Race:
    """A house that runs already, and names that nobody else in it has."""

    house: House
    request: pytest.FixtureRequest

    def __post_init__(self) -> None:
        self.number = next(_numbers)
        self.domain = f"race-{self.number}.example.com"
        self.phone = f"09{self.number:08d}"

    def fields(self, who: int | str = "an", **more: str) -> dict[str, str]:
        return {"email": f"{who}@{self.domain}", "name": "Nguyễn An", **more}

    def run(self, posts: list[Post], *, status: int) -> list[Answer]:
        answers = together(self.house.port, posts)
        assert {answer.status for answer in answers} == {status}, [one for one in answers if one.status != status][:1]
        return answers

    def submissions(self) -> int:
        own = "SELECT count(*) FROM submission WHERE CAST(answers AS TEXT) LIKE :like"
        return int(self.house.one(own, like=f"%@{self.domain}%"))

    def leads(self) -> int:
        own = "SELECT count(DISTINCT lead_id) FROM submission WHERE CAST(answers AS TEXT) LIKE :like"
        return int(self.house.one(own, like=f"%@{self.domain}%"))

    def ends(self, *, submissions: int, leads: int) -> None:
        assert (self.submissions(), self.leads()) == (submissions, leads)
        examine(self.house)
        report(self.request, f"{MANY} at once: {submissions} submissions, {leads} leads, 0 lost, 0 doubled")


@pytest.fixture
def race(request: pytest.FixtureRequest, standing: House) -> Race:
    return Race(standing, request)


def test_one_email_at_once_is_one_lead(race: Race) -> None:
    race.run([form_post("guide", race.fields(), key=f"{race.domain}-{n}") for n in range(MANY)], status=303)
    race.ends(submissions=MANY, leads=1)


def test_one_phone_and_one_name_at_once_are_one_lead(race: Race) -> None:
    race.run([form_post("guide", race.fields(n, phone=race.phone)) for n in range(MANY)], status=303)
    race.ends(submissions=MANY, leads=1)


def test_sixty_four_people_behind_one_phone_stay_sixty_four(race: Race) -> None:
    people = [race.fields(n, phone=race.phone, name=f"Người{n} Họ{n}") for n in range(MANY)]
    race.run([form_post("guide", fields) for fields in people], status=303)
    race.ends(submissions=MANY, leads=MANY)


def test_one_idempotency_key_at_once_is_one_submission_with_equal_answers(race: Race) -> None:
    answers = race.run([json_post("guide", race.fields(), key=race.domain)] * MANY, status=201)
    assert len({answer.body for answer in answers}) == 1
    race.ends(submissions=1, leads=1)


def test_one_form_key_at_once_is_one_submission_with_equal_answers(race: Race) -> None:
    answers = race.run([form_post("guide", race.fields(), key=race.domain)] * MANY, status=303)
    assert len({answer.headers["location"] for answer in answers}) == 1
    race.ends(submissions=1, leads=1)


def test_a_form_without_a_key_sent_at_once_is_one_submission(race: Race) -> None:
    answers = race.run([form_post("guide", race.fields())] * MANY, status=303)
    assert len({answer.headers["location"] for answer in answers}) == 1
    race.ends(submissions=1, leads=1)


def test_json_without_a_key_is_many_submissions_of_one_lead(race: Race) -> None:
    answers = race.run([json_post("guide", race.fields())] * MANY, status=201)
    assert len({answer.submission for answer in answers}) == MANY
    race.ends(submissions=MANY, leads=1)


def test_one_key_with_other_answers_is_refused_to_machines_but_never_mixes_people(race: Race) -> None:
    posts = [json_post("guide", race.fields(n % 2), key=race.domain) for n in range(MANY)]
    answers = together(race.house.port, posts)
    assert {answer.status for answer in answers} == {201, 422}
    winners = {number % 2 for number, answer in enumerate(answers) if answer.status == 201}
    assert len(winners) == 1, "two people share one receipt"
    race.ends(submissions=1, leads=1)


def test_one_form_key_of_two_people_is_two_leads(race: Race) -> None:
    """A page from a cache can give two people the same key: neither may be taken for the other."""
    posts = [form_post("guide", race.fields(n % 2), key=race.domain) for n in range(MANY)]
    answers = race.run(posts, status=303)
    shown = [{one.headers["location"] for one in answers[side::2]} for side in (0, 1)]
    assert [len(one) for one in shown] == [1, 1]
    assert not shown[0] & shown[1]
    race.ends(submissions=2, leads=2)
