"""How the API answers, whatever is asked: problems by the standard, numbered, and never kept by anybody."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
import time_machine
from flask.testing import FlaskClient

from capture.accounts.models import AuditEntry
from capture.accounts.roles import SCOPES
from capture.api import idempotency
from capture.api.models import KeptAnswer
from capture.core.clock import now
from capture.delivery.models import Delivery
from capture.leads.models import Lead
from capture.serving.start import Refusals
from capture.tracking.models import Touchpoint
from tests.products import Product, typed

STANDARD = Path(__file__).parents[1] / "site.yaml"
JSON = "application/json"


def is_problem(answer: Any, status: int) -> bool:
    """RFC 9457, with the number of the request."""
    told = answer.json
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    assert re.fullmatch(r"[0-9A-F]{8}", answer.headers["X-Request-Id"])
    assert answer.headers["Cache-Control"] == "no-store"
    return told["status"] == status and bool(told["title"]) and bool(told["detail"]) and told["type"] == "about:blank"


def test_every_refusal_is_a_problem(site: Product, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    token = site.token(*SCOPES)
    put = "/api/v1/sites/test/forms/new"
    assert is_problem(client.get("/api/v1/leads"), 401)
    assert is_problem(client.get("/api/v1/leads", headers=site.token("config:read")), 403)
    assert is_problem(client.get("/api/v1/nothing", headers=token), 404)
    assert is_problem(client.get("/api/v2/leads"), 404)
    assert is_problem(client.get("/api/"), 404)
    assert is_problem(client.put(put, data=b"{", content_type=JSON, headers=token), 400)
    assert is_problem(client.put(put, data=b"[]", content_type=JSON, headers=token), 400)
    assert is_problem(
        client.put(put, data=b'{"fields":' + b"[" * 99 + b"]" * 99 + b"}", content_type=JSON, headers=token), 400
    )
    assert is_problem(
        client.put(put, data=b'{"fields":' + b"[" * 9_999 + b"]" * 9_999 + b"}", content_type=JSON, headers=token), 400
    )
    assert is_problem(client.put(put, data=b"{}", content_type="text/plain", headers=token), 415)
    assert is_problem(client.put(put, data=b"{" + b" " * 300_000 + b"}", content_type=JSON, headers=token), 413)
    assert is_problem(client.put(put, json={}, headers=token), 422)
    assert is_problem(client.get("/api/v1/leads?stage=nothing", headers=token), 422)


@pytest.mark.parametrize(("method", "path", "allowed"), [
    ("PATCH", "/api/v1/leads", {"GET", "HEAD"}), ("POST", "/api/v1/sites/test/pages/guide", {"GET", "HEAD", "PUT", "DELETE"}),
    ("GET", "/api/v1/touchpoints", {"POST"}), ("DELETE", "/api/v1/openapi.json", {"GET", "HEAD"}),
])  # fmt: skip
def test_a_method_that_an_address_does_not_have_is_405_with_those_it_has(
    site: Product, client: FlaskClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = client.open(path, method=method, headers=site.token(*SCOPES))
    assert is_problem(answer, 405)
    assert {one.strip() for one in answer.headers["Allow"].split(",")} - {"OPTIONS"} == allowed


def test_a_mistake_of_ours_is_a_problem_with_a_number_in_the_log(
    site: Product, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(site.app.view_functions, "api.leads.lead", _broken)
    answer = client.get("/api/v1/leads/x", headers=site.token("leads:read"))
    assert is_problem(answer, 500)
    assert answer.json["reference"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] in caplog.text
    assert "a secret" not in answer.text


def _broken(**_path: str) -> None:
    raise RuntimeError("a secret")


_broken._scope = "leads:read"  # type: ignore[attr-defined]


def test_a_token_that_asks_too_often_has_to_wait_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("capture.core.limits", fromlist=["LIMITS"]).LIMITS, "api", "5 per minute")
    product = Product.made(tmp_path, f"sqlite:///{tmp_path}/x.sqlite", RATE_LIMITS="on")
    with product.app.app_context():
        product.apply(STANDARD)
        one, other = product.token("leads:read"), product.token("leads:read")
    client = product.app.test_client()
    with time_machine.travel(now(), tick=False):
        answers = [client.get("/api/v1/token", headers=one) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert is_problem(answers[-1], 429) and answers[-1].headers["Retry-After"] == "60"
        assert client.get("/api/v1/token", headers=other).status_code == 200
    product.close()


def test_a_token_learns_what_it_is(site: Product, client: FlaskClient) -> None:
    told = client.get("/api/v1/token", headers=site.token("leads:read", "config:read")).json
    assert told["scopes"] == ["config:read", "leads:read"] and told["name"] == "test"


def test_no_foreign_page_reads_the_api(site: Product, client: FlaskClient) -> None:
    for path in ("leads", "sites", "token", "openapi.json"):
        for method in ("GET", "OPTIONS"):
            answer = client.open(
                f"/api/v1/{path}", method=method, headers={**site.token(*SCOPES), "Origin": "https://friend.example"}
            )
            assert not [name for name, _ in answer.headers if name.startswith("Access-Control")], path


def test_the_description_is_open_and_may_be_kept(client: FlaskClient) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.json["openapi"] == "3.1.0"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert client.get("/api/v1/openapi.json", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.fixture
def people(site: Product, client: FlaskClient) -> list[Lead]:
    for number in range(5):
        client.post("/f/guide", data=typed(email=f"p{number}@example.com", phone=None, consent="y", _page="guide"))
    client.post("/f/work", data={"email": "applicant@example.com"})
    return [one for one in site.rows(Lead) if one.pipeline == "marketing"]


def test_leads_come_in_the_order_in_which_they_changed(site: Product, client: FlaskClient, people: list[Lead]) -> None:
    reader, seen = site.token("leads:read"), []
    client.post("/f/guide", data=typed(email="p1@example.com", phone=None, need="Again"))
    path: str | None = "/api/v1/leads?limit=2"
    while path:
        answer = client.get(path, headers=reader)
        seen += answer.json["items"]  # type: ignore[index]
        path = answer.json["next"]  # type: ignore[index]
    assert [one["email"] for one in seen] == [f"p{number}@example.com" for number in (0, 2, 3, 4, 1)]
    assert seen[-1] == client.get(f"/api/v1/leads/{people[1].id}", headers=reader).json["lead"]  # type: ignore[index]
    assert seen[0]["consents"][0]["given"] is True and seen[0]["reasons"]


def test_leads_are_filtered(site: Product, client: FlaskClient, people: list[Lead]) -> None:
    reader = site.token("leads:read")

    def found(query: str) -> int:
        return len(client.get(f"/api/v1/leads?{query}", headers=reader).json["items"])  # type: ignore[index]

    since = people[3].updated_at.isoformat().replace("+", "%2B")
    assert found(f"updated_since={since}") == 2
    assert (found("stage=iql"), found("stage=customer")) == (5, 0)
    assert (found("channel=Direct"), found("channel=Email")) == (5, 0)
    assert client.get("/api/v1/leads?updated_since=2026-01-01T00:00:00", headers=reader).status_code == 422


def test_what_somebody_sent_comes_in_its_order(site: Product, client: FlaskClient, people: list[Lead]) -> None:
    client.post("/f/guide", data=typed(email="p0@example.com", phone=None, need="Again"))
    reader, path = site.token("leads:read"), f"/api/v1/leads/{people[0].id}/submissions"
    first, second = client.get(path, headers=reader).json["items"]  # type: ignore[index]
    assert "need" not in first["fields"] and second["fields"]["need"] == "Again"
    assert first["page"] == "guide" and second["page"] is None


def test_nothing_about_applicants_is_told(site: Product, client: FlaskClient, people: list[Lead]) -> None:
    token, applicant = site.token(*SCOPES), site.rows(Lead, pipeline="recruiting")[0]
    for path in (f"leads/{applicant.id}", f"leads/{applicant.id}/submissions"):
        assert client.get(f"/api/v1/{path}", headers=token).status_code == 404
    for path in ("leads", "deliveries"):
        assert applicant.id not in client.get(f"/api/v1/{path}?limit=100", headers=token).text


def test_deliveries_are_listed_and_sent_again_once_for_each_key(
    site: Product, client: FlaskClient, people: list[Lead]
) -> None:
    token = site.token("leads:read", "leads:write")
    newest = client.get("/api/v1/deliveries?limit=1&state=waiting", headers=token).json
    assert newest["next"] and newest["items"][0]["event"] == "lead.created"  # type: ignore[index]
    delivery = newest["items"][0]["id"]  # type: ignore[index]
    path, key = f"/api/v1/deliveries/{delivery}/replay", {"Idempotency-Key": "one-key"}
    first, again = (client.post(path, headers={**token, **key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json == again.json and first.json["why"] == "replayed"  # type: ignore[index]
    assert site.count(AuditEntry, action="deliveries.replay", actor="token test") == 1
    other = client.post(f"/api/v1/deliveries/{site.rows(Delivery)[0].id}/replay", headers={**token, **key})
    assert other.status_code == 422, "the key belongs to another request"
    assert client.post(path, headers={**site.token("leads:read", "leads:write"), **key}).status_code == 202, (
        "another token's key"
    )
    assert client.post(path, headers={**token, "Idempotency-Key": "a b"}).status_code == 400
    assert client.post("/api/v1/deliveries/x/replay", headers={**token, "Idempotency-Key": "k"}).status_code == 404
    assert site.count(KeptAnswer, key="k") == 0, "a refusal is not remembered"
    with time_machine.travel(now() + idempotency.LIFETIME, tick=False):
        idempotency.forget_expired()
    assert site.count(KeptAnswer) == 0


def test_a_history_that_is_sent_twice_under_a_key_is_kept_once(site: Product, client: FlaskClient) -> None:
    heads = {**site.token("touchpoints:write"), "Idempotency-Key": "one-key"}
    body = {"visitor": "A" * 22, "events": [{"kind": "page_view", "page": "/guide"}]}
    assert [client.post("/api/v1/touchpoints", json=body, headers=heads).status_code for _ in range(3)] == [204] * 3
    assert site.count(Touchpoint) == 1


@pytest.mark.parametrize("status", [400, 408, 411, 413, 431, 500, 503])
def test_what_the_server_refuses_before_the_application_is_a_problem_too(status: int) -> None:
    headers, body = Refusals()(status, {"path": "/api/v1/leads", "headers": []}) or ([], b"")
    assert dict(headers)[b"content-type"] == b"application/problem+json"
    told = orjson.loads(body)
    assert told["status"] == status and told["title"] and told["detail"]
