"""The JSON doors and the beacon: what is no JSON, no object or no text is said so, never a failure of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from capture.leads.models import Lead
from capture.submissions.models import Repeat, Submission
from capture.tracking.models import Touchpoint, Visitor
from tests.attacks.hostile import CHROME, JSON_URL, NAUGHTY, VISITOR, statuses, still_works, unwanted
from tests.products import Product, typed

Cases = dict[str, Callable[[], Any]]
AN = b'"email":"an@example.com"'


def fields(inside: bytes) -> bytes:
    return b'{"fields":{' + AN + b"," + inside + b"}}"


def nested(depth: int, opening: bytes = b"[", middle: bytes = b"", closing: bytes = b"]") -> bytes:
    return opening * depth + middle + closing * depth


UNREADABLE: Mapping[str, bytes] = {
    "nothing": b"",
    "a space": b" ",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "utf-16": '{"fields":{}}'.encode("utf-16"),
    "half a body": b'{"fields": {"email": "an@exa',
    "two bodies": b'{"fields":{}}{"fields":{}}',
    "single quotes": b"{'fields': {}}",
    "a comment": b'{"fields": {}} // hello',
    "a trailing comma": b'{"fields": {},}',
    "null": b"null",
    "a number": b"12",
    "a text": b'"fields"',
    "a list": b'[{"fields":{}}]',
    "no fields": b"{}",
    "fields of null": b'{"fields":null}',
    "fields as a list": b'{"fields":[{"email":"an@example.com"}]}',
    "fields as a text": b'{"fields":"email=an@example.com"}',
    "a form body": b"email=an%40example.com",
    "NaN": fields(b'"name":NaN'),
    "Infinity": fields(b'"name":-Infinity'),
    "a number of 5,000 digits": fields(b'"name":' + b"9" * 5_000),
    "a number beyond every float": fields(b'"name":1e400'),
    "a lone surrogate": fields(b'"name":"\\ud800"'),
    "a lone surrogate the other way": fields(b'"name":"\\udc00\\ud800"'),
    "a lone surrogate as a name": fields(b'"\\udfff":"x"'),
    "a raw surrogate": fields(b'"name":"\xed\xa0\x80"'),
    "raw bytes": fields(b'"name":"\xff\xfe"'),
    "a raw NUL": fields(b'"name":"a\x00b"'),
    "a raw line end": fields(b'"name":"a\nb"'),
    "100,000 lists in each other": fields(b'"x":' + nested(100_000)),
    "100,000 objects in each other": fields(b'"x":' + nested(40_000, b'{"a":', b"1", b"}")),
    "100,000 openings": b"[" * 100_000,
    "an unknown name": b'{"fields":{' + AN + b'},"admin":true}',
    "an unknown name of 5,000": b'{"fields":{' + AN + b'},"' + b"x" * 5_000 + b'":1}',
    "3,000 unknown names": b'{"fields":{' + AN + b"}," + b",".join(b'"x%d":1' % n for n in range(3_000)) + b"}",
}


def test_what_cannot_be_read_is_refused_with_a_sentence(client: FlaskClient, site: Product) -> None:
    answers: dict[str, Any] = {}

    def send(name: str, body: bytes) -> Any:
        answers[name] = client.post(JSON_URL, data=body, content_type="application/json")
        return answers[name]

    cases: Cases = {name: lambda name=name, body=body: send(name, body) for name, body in UNREADABLE.items()}
    assert unwanted(statuses(cases), {400}) == {}
    for name, answer in answers.items():
        assert answer.content_type == "application/problem+json", name
        assert answer.json["detail"], name
        assert len(answer.data) < 2_000, f"{name}: a refusal does not send everything back"
    assert site.count(Submission) == 0
    assert still_works(site)


DEPTHS = (2, 100, 500, 900, 990, 1_000, 1_010, 1_020, 1_024, 1_100)


@pytest.mark.parametrize("shape", [(b"[", b"", b"]"), (b'{"a":', b"1", b"}")], ids=["lists", "objects"])
def test_answers_nested_however_deep_are_kept_as_text_or_refused(
    client: FlaskClient, site: Product, shape: tuple[bytes, bytes, bytes]
) -> None:
    cases: Cases = {
        str(depth): lambda depth=depth: client.post(JSON_URL, data=fields(b'"x":' + nested(depth, *shape)))
        for depth in DEPTHS
    }
    assert unwanted(statuses(cases), {201, 400, 422}) == {}
    assert still_works(site)


VALUES: Mapping[str, Any] = {
    "a list": ["an@example.com"],
    "an object": {"$ne": None},
    "true": True,
    "false": False,
    "nought": 0,
    "a float": 1.5e300,
    "a large number": 2**63,
    "a negative number": -(2**63),
    "an empty text": "",
    "spaces": "   ",
    "an empty list": [],
    "an empty object": {},
    "NUL": "\x00",
    "a list of lists": [[[]]],
    "a long text": "x" * 100_000,
    "accents": "a" + "\u0301" * 10_000,
    **{f"text {n}": text for n, text in enumerate(NAUGHTY)},
}


@pytest.mark.parametrize("field", ["email", "phone", "size", "tour", "consent", "need", "extra"])
def test_a_value_of_any_type_is_refused_at_its_field_or_kept_as_text(
    client: FlaskClient, site: Product, field: str
) -> None:
    cases: Cases = {
        name: lambda value=value, n=n: client.post(
            JSON_URL, json={"fields": {**typed(email=f"v{n}@example.com", phone=None), field: value}}
        )
        for n, (name, value) in enumerate(VALUES.items())
    }
    assert unwanted(statuses(cases), {201, 422}) == {}
    assert all(lead.email is None or "@example.com" in lead.email for lead in site.rows(Lead))


@pytest.mark.parametrize("name", ["page", "context", "locale", "submitted_at", "touchpoints"])
def test_what_surrounds_the_answers_may_be_of_any_type(client: FlaskClient, site: Product, name: str) -> None:
    cases: Cases = {
        kind: lambda value=value, n=n: client.post(
            JSON_URL, json={"fields": {"email": f"c{n}@example.com"}, name: value}
        )
        for n, (kind, value) in enumerate(VALUES.items())
    }
    assert unwanted(statuses(cases), {201, 400, 422}) == {}


@pytest.mark.parametrize("name", ["url", "referrer", "visitor"])
def test_a_context_may_hold_anything(client: FlaskClient, site: Product, name: str) -> None:
    cases: Cases = {
        kind: lambda value=value, n=n: client.post(
            JSON_URL, json={"fields": {"email": f"c{n}@example.com"}, "context": {name: value, "odd": value}}
        )
        for n, (kind, value) in enumerate(VALUES.items())
    }
    assert unwanted(statuses(cases), {201}) == {}


def test_names_of_any_kind_are_fenced_text(client: FlaskClient, site: Product) -> None:
    for names in (
        NAUGHTY,
        ["\x00", "__proto__", "constructor", "_website", "_key", "email\x00", "", " ", "n" * 100_000],
    ):
        answer = client.post(JSON_URL, json={"fields": {**typed(), **dict.fromkeys(names, "x")}})
        assert answer.status_code == 201
    for stored in site.rows(Submission):
        assert len(stored.extra) <= 20
        assert all(len(name) <= 64 and "\x00" not in name for name in stored.extra)


def test_a_body_over_the_cap_is_refused_before_it_is_read(client: FlaskClient, site: Product) -> None:
    answer = client.post(JSON_URL, data=fields(b'"name":"' + b"x" * 1_000_000 + b'"'))
    assert answer.status_code == 413
    assert answer.content_type == "application/problem+json"
    assert site.count(Submission) == 0


KEYS = {
    "nothing": "", "a space": " ", "two words": "a b", "121 characters": "k" * 121, "5,000 characters": "k" * 5_000,
    "an accent": "\u00e9", "a tab inside": "a\tb", "DEL": "a\x7fb", "a colon": "a:b", "a quote": "';--", "markup": "<script>",
    "the mark of a reload": "~" + "0" * 64, "an ordinary one": "order-1", "120 characters": "k" * 120,
}  # fmt: skip


def test_a_key_of_any_kind_is_used_or_refused(client: FlaskClient, site: Product) -> None:
    cases: Cases = {
        name: lambda key=key, n=n: client.post(
            JSON_URL, json={"fields": {"email": f"k{n}@example.com"}}, headers={"Idempotency-Key": key}
        )
        for n, (name, key) in enumerate(KEYS.items())
    }
    found = statuses(cases)
    assert unwanted(found, {201, 400}) == {}
    assert {found[name] for name in ("an ordinary one", "120 characters", "a colon", "a quote", "markup")} == {201}
    assert {found[name] for name in ("two words", "121 characters", "5,000 characters", "an accent")} == {400}
    assert all(0 < len(one.key) <= 120 for one in site.rows(Repeat))


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\u00ff"]
)
def test_the_content_type_does_not_open_another_parser(client: FlaskClient, site: Product, kind: str | None) -> None:
    assert client.post(JSON_URL, data=b'{"fields":{' + AN + b"}}", content_type=kind).status_code in {201, 415}
    assert client.post(JSON_URL, data=b"email=an%40example.com", content_type=kind).status_code in {400, 415}


STAMPS = (
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01", "now", "2026-02-30T00:00:00Z", "1e9", "",
    "\x00", 0, 1e300, True, [], {}, "2026-01-01T00:00:00+99:99", "2026-W01-1T00:00:00Z", "x" * 100_000,
)  # fmt: skip


def test_a_trusted_server_cannot_break_anything_either(client: FlaskClient, site: Product) -> None:
    token = site.token("submissions:write", "touchpoints:write")
    events = [{"kind": "download", "page": text, "name": text, "at": stamp} for text in NAUGHTY for stamp in STAMPS[:2]]
    cases: Cases = {
        f"submitted at {stamp!r:.40}": lambda stamp=stamp: client.post(
            JSON_URL, json={"fields": typed(), "submitted_at": stamp}, headers=token
        )
        for stamp in STAMPS
    }
    cases |= {
        f"touchpoints {name}": lambda value=value: client.post(
            JSON_URL, json={"fields": typed(), "touchpoints": value}, headers=token
        )
        for name, value in {**VALUES, "events": events, "5,000": events * 50}.items()
    }
    assert unwanted(statuses(cases), {201, 400, 413, 422}) == {}
    assert still_works(site)


def test_a_wrong_token_is_never_taken_for_no_token(client: FlaskClient, site: Product) -> None:
    heads = [
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer \xff\xfe",
        "bearer cap_" + "x" * 5_000,
        "Basic eDp4",
        "x",
        "Bearer\tx",
    ]
    cases: Cases = {
        head: lambda head=head: client.post(JSON_URL, json={"fields": typed()}, headers={"Authorization": head})
        for head in heads
    }
    assert unwanted(statuses(cases), {401, 403}) == {}
    assert site.count(Submission) == 0


BEACONS: Mapping[str, Any] = {
    "nothing": b"",
    "no JSON": b"\xff\x00",
    "deep": nested(100_000),
    "a lone surrogate": b'{"visitor":"\\ud800"}',
    "no visitor": {"events": []},
    "a short visitor": {"visitor": "A" * 21, "events": []},
    "a visitor with a line end": {"visitor": "A" * 22 + "\n", "events": []},
    "a visitor of full width": {"visitor": "\uff21" * 22, "events": []},
    "a visitor of another type": {"visitor": ["A" * 22], "events": []},
}


def test_a_beacon_that_says_nothing_usable_is_refused(client: FlaskClient, site: Product) -> None:
    cases: Cases = {
        name: lambda body=body: client.post("/t", data=body if isinstance(body, bytes) else orjson.dumps(body))
        for name, body in BEACONS.items()
    }
    assert unwanted(statuses(cases), {400}) == {}
    assert client.post("/t", data=b"x" * 70_000).status_code in {400, 413}
    assert site.count(Visitor) == 0


def test_an_event_of_any_kind_is_kept_as_text_or_left_out(client: FlaskClient, site: Product) -> None:
    odd = [*VALUES.values(), *STAMPS]
    for name in ("kind", "page", "name", "at", "value", "url", "referrer", "else"):
        events = [{"kind": "page_view", "page": "/guide", name: value} for value in odd if len(str(value)) < 5_000]
        for some in (events[:90], events[90:], events[0], None, "x", 12, [None, 1, "x", []], [{}] * 5_000):
            answer = client.post("/t", json={"visitor": VISITOR, "events": some}, headers=CHROME)
            assert answer.status_code == 204, (name, answer.text)
    stored = site.rows(Touchpoint)
    assert stored
    assert all(len(one.page or "") <= 512 and len(one.name or "") <= 255 and len(one.kind) <= 40 for one in stored)
    assert not any("\x00" in f"{one.page}{one.name}{one.kind}" for one in stored)
    assert still_works(site)
