"""Visitors without script: their page views are joined where the requests reached us."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import orjson
import time_machine
from flask.testing import FlaskClient

from capture.delivery.models import Message
from capture.tracking.models import PageRequest
from capture.tracking.unscripted import forget_old, requests_of, write_waiting
from tests.products import Product, typed

PLAIN = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"}


def ask(site: Product, path: str, peer: str = "203.0.113.5", **headers: str) -> None:
    """A request that the front answered from the shelf."""
    told = [(b"user-agent", PLAIN["User-Agent"].encode())]
    told += [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    page, _, query = path.partition("?")
    requests_of(site.app).note("localhost", page, query, told, peer)


def sent(site: Product, client: FlaskClient, peer: str = "203.0.113.5", **data: str) -> dict:  # type: ignore[type-arg]
    client.post("/f/guide", data={**typed(), **data}, headers=PLAIN, environ_base={"REMOTE_ADDR": peer})
    return orjson.loads(site.rows(Message)[-1].body)["data"]  # type: ignore[no-any-return]


def test_pages_asked_for_without_script_are_joined_at_the_form(site: Product, client: FlaskClient) -> None:
    ask(site, "/guide?utm_source=zalo&utm_medium=social", referer="https://zalo.me/")
    ask(site, "/pricing", referer="http://localhost/guide")
    ask(site, "/static/x.css")
    data = sent(site, client)
    assert [one["page"] for one in data["touchpoints"]["recent"]] == ["/pricing", "/guide"]
    assert data["attribution"]["first_touch"]["source"] == "zalo"
    assert {"price-page", "phone"} <= {one["rule"] for one in data["lead"]["reasons"]}
    assert site.count(PageRequest) == 0, "they belong to the lead now"


def test_the_application_notes_what_the_shelf_does_not_have_yet(site: Product, client: FlaskClient) -> None:
    client.get("/pricing", headers=PLAIN, environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert sent(site, client)["touchpoints"]["recent"][0]["page"] == "/pricing"


def test_nobody_is_given_the_views_of_others(site: Product, client: FlaskClient) -> None:
    ask(site, "/pricing", peer="203.0.113.6")
    assert sent(site, client)["touchpoints"]["total"] == 0


def test_a_browser_with_script_clears_what_was_noted_for_its_address(site: Product, client: FlaskClient) -> None:
    ask(site, "/pricing")
    write_waiting()
    event = {"visitor": "A" * 22, "events": [{"kind": "page_view", "page": "/pricing"}]}
    client.post("/t", json=event, headers=PLAIN, environ_base={"REMOTE_ADDR": "203.0.113.5"})
    assert site.count(PageRequest) == 0


def test_robots_prefetches_and_refusals_are_not_noted(site: Product) -> None:
    ask(site, "/pricing", sec_gpc="1")
    ask(site, "/pricing", sec_purpose="prefetch")
    requests_of(site.app).note("localhost", "/pricing", "", [(b"user-agent", b"Googlebot/2.1")], "66.249.66.1")
    requests_of(site.app).note("foreign.example", "/pricing", "", [], "203.0.113.5")
    write_waiting()
    assert site.count(PageRequest) == 0


def test_noted_requests_are_forgotten(site: Product) -> None:
    ask(site, "/pricing")
    write_waiting()
    assert site.count(PageRequest) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31)):
        forget_old()
    assert site.count(PageRequest) == 0
