"""The same pipeline in JSON, for scripts and trusted servers."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

from capture.delivery.models import Message
from capture.leads.models import Lead
from capture.privacy.models import Consent
from capture.submissions.models import Submission
from tests.products import Product, typed

URL = "/api/v1/forms/guide/submissions"


def body(**changes: Any) -> dict[str, Any]:
    return {"fields": typed(), "page": "guide", **changes}


def test_an_accepted_submission_tells_where_to_go_next(client: FlaskClient, site: Product) -> None:
    answer = client.post(URL, json=body())
    assert answer.status_code == 201
    assert answer.json is not None
    assert answer.json["status"] == "accepted"
    assert answer.json["submission"] == site.rows(Submission)[0].id
    assert client.get(answer.json["next"]["url"].removeprefix("http://localhost")).status_code == 200


def test_wrong_answers_come_back_as_problem_json(client: FlaskClient) -> None:
    answer = client.post(URL, json=body(fields={"email": "an@", "phone": 12, "name": ["x"]}))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert set(answer.json["errors"]) == {"name", "email", "phone"}, "what is no text, and what is wrong, together"
    answer = client.post(URL, json=body(fields={"name": True, "email": None}))
    assert set((answer.json or {})["errors"]) == {"name", "email"} and (answer.json or {})["detail"]


@pytest.mark.parametrize("value", ["true", "y", 1, "on", None, False])
def test_consent_in_json_is_only_true(client: FlaskClient, site: Product, value: object) -> None:
    client.post(URL, json=body(fields={**typed(), "consent": value}))
    assert [one.given for one in site.rows(Consent)] in ([False], [])
    client.post(URL, json=body(fields={**typed(), "consent": True}))
    assert site.rows(Consent)[-1].given is True


def test_the_same_key_and_answers_get_the_first_answer_again(client: FlaskClient, site: Product) -> None:
    key = {"Idempotency-Key": "order-1"}
    first, second = (client.post(URL, json=body(), headers=key) for _ in range(2))
    assert first.json == second.json
    assert site.count(Submission) == 1
    assert client.post(URL, json=body(fields=typed(name="Bình")), headers=key).status_code == 422


def test_a_refusal_is_never_remembered(client: FlaskClient) -> None:
    key = {"Idempotency-Key": "order-2"}
    assert client.post(URL, json=body(fields={"email": "no"}), headers=key).status_code == 422
    assert client.post(URL, json=body(), headers=key).status_code == 201


def test_undeclared_answers_are_fenced_and_not_forwarded(client: FlaskClient, site: Product) -> None:
    odd = {f"x{n}" * 60: "v" * 5_000 for n in range(50)}
    client.post(URL, json=body(fields={**typed(), **odd}))
    extra = site.rows(Submission)[0].extra
    assert len(extra) == 20
    assert max(map(len, extra)) <= 64
    assert max(map(len, extra.values())) <= 1_000
    assert "x1x1" not in site.rows(Message)[0].body


def test_a_trusted_server_may_date_a_submission_and_bring_its_history(client: FlaskClient, site: Product) -> None:
    told = {"submitted_at": "2026-01-02T03:04:05Z", "touchpoints": [{"kind": "page_view", "page": "/pricing"}]}
    assert client.post(URL, json=body(**told), headers=site.token("submissions:write")).status_code == 201
    data = orjson.loads(site.rows(Message)[0].body)["data"]
    assert data["submission"]["submitted_at"] == "2026-01-02T03:04:05.000Z"
    assert data["touchpoints"]["recent"][0]["page"] == "/pricing"


def test_strangers_may_neither_date_nor_bring_history(client: FlaskClient, site: Product) -> None:
    client.post(
        URL, json=body(submitted_at="2020-01-01T00:00:00Z", touchpoints=[{"kind": "page_view", "page": "/pricing"}])
    )
    data = orjson.loads(site.rows(Message)[0].body)["data"]
    assert not data["submission"]["submitted_at"].startswith("2020")
    assert data["touchpoints"]["total"] == 0


def test_a_lead_by_the_api_is_the_webhooks_data(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data={**typed(), "_page": "summer", "consent": "on"})
    sent = orjson.loads(site.rows(Message)[0].body)["data"]
    url = f"/api/v1/leads/{site.rows(Lead)[0].id}"
    assert client.get(url).status_code == 401
    assert client.get(url, headers=site.token("submissions:write")).status_code == 403
    assert client.get(url, headers=site.token("leads:read")).json == sent


def test_cors_is_for_named_origins_only(client: FlaskClient) -> None:
    friend = {"Origin": "https://friend.example"}
    answer = client.post(URL, json=body(), headers=friend)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://friend.example"
    assert client.post(URL, json=body(), headers={"Origin": "https://foe.example"}).status_code == 403
    assert "Access-Control-Allow-Methods" in client.options(URL, headers=friend).headers
    assert "Access-Control-Allow-Origin" not in client.options(URL, headers={"Origin": "https://foe.example"}).headers


def test_a_token_that_nobody_knows_is_401_and_one_without_the_scope_403(client: FlaskClient, site: Product) -> None:
    unknown = client.post(URL, json=body(), headers={"Authorization": "Bearer cap_nobody"})
    assert (unknown.status_code, unknown.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert client.post(URL, json=body(), headers=site.token("leads:read")).status_code == 403
    assert client.post(URL, json=body(), headers=site.token("submissions:write")).status_code == 201


@pytest.mark.parametrize("origin", ["http://localhost", "https://friend.example"])
def test_a_script_of_an_allowed_origin_may_read_every_refusal(client: FlaskClient, origin: str) -> None:
    def refused(path: str, data: bytes, **headers: str) -> tuple[int, str | None]:
        answer = client.post(path, data=data, headers={"Origin": origin, **headers})
        return answer.status_code, answer.headers.get("Access-Control-Allow-Origin")

    assert refused(URL, b"{") == (400, origin)
    assert refused(URL.replace("guide", "none"), b"{}") == (404, origin)
    assert refused(URL, b'{"fields": {}}') == (422, origin)
    assert refused(URL, b"{}", Authorization="Bearer cap_nobody") == (401, origin)


def test_a_foreign_origin_reads_nothing(client: FlaskClient) -> None:
    answer = client.post(URL, json=body(), headers={"Origin": "https://foreign.example"})
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_key_knows_the_same_answers_however_the_email_is_spelt_and_whatever_the_page(
    client: FlaskClient, site: Product
) -> None:
    key = {"Idempotency-Key": "order-3"}
    told = [
        body(fields=typed(email="j1@example.com")),
        body(fields=typed(email=" J1@EXAMPLE.com ")),
        body(fields=typed(email="j1@example.com"), page="summer"),
    ]
    answers = [client.post(URL, json=one, headers=key) for one in told]
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert len({(one.json or {})["submission"] for one in answers}) == 1
    assert site.count(Submission) == 1
