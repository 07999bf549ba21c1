"""Answers that tell nobody what is known: of an email, of a phone, of somebody else's receipt or coupon."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.leads.models import Lead
from capture.offers.models import CouponCode, Grant
from capture.submissions.models import Submission
from tests.attacks.hostile import JSON_URL, VISITOR
from tests.products import Product, typed

CODE = re.compile(r"HE-[A-Z2-9]{5}-[A-Z2-9]{5}")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
AT = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
VARYING = {"Date", "X-Request-Id"}
VICTIM = typed(name="Trần Thị Bình", email="victim@example.com", phone="0987 654 321", company="Quán Bình")


def send(client: FlaskClient, form: str = "guide", **data: Any) -> Any:
    return client.post(f"/f/{form}", data=data)


def quiet(answer: Any) -> tuple[Any, ...]:
    """An answer without what is different each time: the token of the address, the id, the date."""
    heads = sorted((name, _untold(value)) for name, value in answer.headers if name not in VARYING)
    return answer.status_code, tuple(heads), _untold(answer.text)


def _untold(text: str) -> str:
    return CODE.sub("a code", ID.sub("an id", re.sub(r"/(thanks|d)/[^\"'<\s]+", r"/\1/…", text)))


def thanked(client: FlaskClient, answer: Any) -> Any:
    return client.get(answer.headers["Location"])


ASKED = {
    "email alone": ({"email": "{}"}, "victim@example.com", "stranger@example.com"),
    "email and a name": ({"email": "{}", "name": "Ai Đó"}, "victim@example.com", "stranger@example.com"),
    "email of another notation": ({"email": "{}"}, "VICTIM@Example.com", "STRANGE@Example.com"),
    "phone beside another email": ({"email": "x{}@example.com", "phone": "{}"}, "0987654321", "0987654322"),
    "email and somebody's phone": (
        {"email": "{}", "phone": "0987654321"},
        "victim@example.com",
        "stranger@example.com",
    ),
}


@pytest.mark.parametrize("page", ["guide", "summer", ""])
@pytest.mark.parametrize("asked", ASKED)
def test_a_known_and_an_unknown_contact_get_equal_answers_and_equal_thanks(
    client: FlaskClient, site: Product, page: str, asked: str
) -> None:
    fields, known, unknown = ASKED[asked]
    with time_machine.travel(AT, tick=False):
        send(client, **VICTIM, _page=page)
        answers = []
        for one in (known, unknown):
            browser = site.app.test_client()
            data = {name: value.format(one) for name, value in fields.items()}
            made = send(browser, **data, _page=page)
            assert made.status_code == 303
            answers.append((quiet(made), quiet(thanked(browser, made))))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("fields", [{"email": "{}"}, {"email": "{}", "phone": "0987654321", "name": "Ai"}])
def test_the_json_door_tells_nothing_either(client: FlaskClient, fields: dict[str, str]) -> None:
    with time_machine.travel(AT, tick=False):
        client.post(JSON_URL, json={"fields": VICTIM})
        known, unknown = (
            client.post(JSON_URL, json={"fields": {name: value.format(one) for name, value in fields.items()}})
            for one in ("victim@example.com", "stranger@example.com")
        )
    assert quiet(known) == quiet(unknown)


def test_a_refusal_tells_nothing_of_what_is_known(client: FlaskClient) -> None:
    send(client, **VICTIM)
    for one in ("victim@example.com", "strange@example.com"):
        answer = send(client, email=one, phone="12", _page="guide")
        assert answer.status_code == 422
        assert "Bình" not in answer.text and "987" not in answer.text


def test_the_stock_does_not_tell_who_has_a_code_already(client: FlaskClient, site: Product) -> None:
    """Near the end the page counts the codes that are left: a known email must not leave the count as it was."""
    send(client, **VICTIM, _page="summer")
    for number in range(60):
        send(client, email=f"p{number}@example.com", _page="summer")
    texts = []
    for one in ("victim@example.com", "stranger@example.com"):
        page = thanked(client, send(client, email=one, _page="summer")).text
        texts.append(_untold(page))
        assert CODE.search(page)
    assert texts[0] == texts[1]


def codes(text: str) -> set[str]:
    return set(CODE.findall(text))


GUESSES: dict[str, dict[str, str]] = {
    "a phone alone": {"email": "thief@example.com", "phone": "0987654321"},
    "a phone with another name": {"email": "thief@example.com", "phone": "0987654321", "name": "Nguyễn Trộm"},
    "the name and company": {"email": "thief@example.com", "name": "Trần Thị Bình", "company": "Quán Bình"},
    "the browser's id": {"email": "thief@example.com", "_visitor": VISITOR},
    "the key": {"email": "thief@example.com", "_key": "key-of-the-victim"},
    "key, browser and phone": {
        "email": "thief@example.com",
        "phone": "0987654321",
        "_visitor": VISITOR,
        "_key": "key-of-the-victim",
    },
    "an email that looks alike": {"email": "v\u00edctim@example.com"},
    "an email with a tag": {"email": "victim+x@example.com"},
    "an email with a NUL": {"email": "victim\x00x@example.com"},
    "a second email": {"email": "thief@example.com", "email2": "victim@example.com"},
}


@pytest.mark.parametrize("guess", GUESSES)
def test_nobody_elses_code_is_shown_to_whoever_guesses(client: FlaskClient, site: Product, guess: str) -> None:
    send(client, **VICTIM, _page="summer", _visitor=VISITOR, _key="key-of-the-victim")
    [theirs] = site.rows(CouponCode)
    made = send(site.app.test_client(), **GUESSES[guess], _page="summer")
    assert made.status_code == 303
    shown = codes(thanked(client, made).text)
    assert shown
    assert theirs.code not in shown


def test_the_same_person_gets_the_same_code_again(client: FlaskClient, site: Product) -> None:
    pages = [thanked(client, send(client, **VICTIM, _page="summer", _key=f"k{n}")).text for n in range(3)]
    assert len({code for page in pages for code in codes(page)}) == 1
    assert site.count(CouponCode) == 1


def test_a_key_with_other_answers_is_a_new_submission_in_a_browser_and_a_refusal_in_json(
    client: FlaskClient, site: Product
) -> None:
    first = send(client, **VICTIM, _page="summer", _key="k" * 22)
    second = send(client, email="thief@example.com", _page="summer", _key="k" * 22)
    assert first.headers["Location"] != second.headers["Location"]
    assert "Bình" not in thanked(client, second).text
    assert site.count(Lead) == 2
    key = {"Idempotency-Key": "order-1"}
    assert client.post(JSON_URL, json={"fields": VICTIM}, headers=key).status_code == 201
    refused = client.post(JSON_URL, json={"fields": {"email": "thief@example.com"}}, headers=key)
    assert refused.status_code == 422
    assert not ID.search(refused.text)
    assert "victim" not in refused.text


def test_a_key_of_one_form_says_nothing_in_another(client: FlaskClient, site: Product) -> None:
    send(client, name="Bình", email="victim@example.com", _key="shared-key")
    send(client, "work", name="Bình", email="victim@example.com", _key="shared-key")
    send(client, "odd", email="victim@example.com", _key="shared-key")
    assert site.count(Submission) == 3


def test_a_refusal_is_never_remembered(client: FlaskClient, site: Product) -> None:
    for data in ({"email": "an@"}, {"email": ""}, {**VICTIM, "phone": "1"}):
        assert send(client, **data, _key="one-key").status_code == 422
        answer = client.post(JSON_URL, json={"fields": data}, headers={"Idempotency-Key": "one-key"})
        assert answer.status_code == 422
    assert send(client, **VICTIM, _key="one-key").status_code == 303
    assert client.post(JSON_URL, json={"fields": VICTIM}, headers={"Idempotency-Key": "one-key"}).status_code == 201


def test_a_held_robot_learns_neither_that_it_failed_nor_a_code(client: FlaskClient, site: Product) -> None:
    person = send(client, email="person@example.com", _page="summer")
    robot = send(client, email="robot@example.com", _page="summer", _website="x")
    assert quiet(person) == quiet(robot)
    assert site.count(Grant) == 1
    page = thanked(client, robot)
    assert page.status_code == 200
    assert not codes(page.text)
    for word in ("spam", "robot", "held", "giữ lại"):
        assert word not in page.text.split("</head>")[1].lower()


def test_a_thank_you_page_is_for_nobodys_memory(client: FlaskClient) -> None:
    page = thanked(client, send(client, **VICTIM, _page="summer"))
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert "ETag" not in page.headers
    assert "victim@example.com" not in page.text
    assert "987" not in CODE.sub("", page.text).split("<main")[1]


def test_an_answer_to_a_form_is_kept_by_no_cache(client: FlaskClient) -> None:
    for answer in (send(client, **VICTIM), send(client, email="an@"), client.post(JSON_URL, json={"fields": VICTIM})):
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_email_of_one_person_beside_a_phone_of_another_joins_nobody(client: FlaskClient, site: Product) -> None:
    send(client, **VICTIM)
    send(client, email="other@example.com", name="Lê Khác", phone="0911111111")
    send(client, email="other@example.com", phone="0987654321", name="Trần Thị Bình")
    assert site.count(Lead) == 2
    [victim] = [lead for lead in site.rows(Lead) if lead.email == "victim@example.com"]
    assert victim.submissions == 1
