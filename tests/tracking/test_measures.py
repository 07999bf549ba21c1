"""What a score may know of a journey: counted right, dated right, and unknown only where nobody measured."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import time_machine
from flask.testing import FlaskClient

from capture.core.db import db
from capture.delivery.models import Message
from capture.leads.models import Lead
from capture.scoring.facts import Facts, facts_of
from capture.tracking.journey import journey_of
from capture.tracking.models import Touchpoint
from capture.tracking.visits import visits_among
from tests.products import Product, typed

AN_ID = "A" * 22
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
URL = "/api/v1/forms/guide/submissions"


def beacon(client: FlaskClient, *events: dict[str, Any], visitor: str = AN_ID) -> None:
    assert client.post("/t", json={"visitor": visitor, "events": list(events)}).status_code == 204


def view(page: str, **more: Any) -> dict[str, Any]:
    return {"kind": "page_view", "page": page, **more}


def facts(site: Product) -> Facts:
    [lead] = site.rows(Lead)
    return facts_of({"email": lead.email}, {}, journey_of(db.session.connection(), lead.id), offer_kind=None)


def attribution(site: Product) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(site.rows(Message)[-1].body)["data"]["attribution"]
    return found


def test_a_campaign_in_the_page_of_a_beacon_is_its_source(client: FlaskClient, site: Product) -> None:
    beacon(client, view("/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=tet"))
    client.post("/f/guide", data={**typed(), "_visitor": AN_ID})
    first = attribution(site)["first_touch"]
    assert (first["channel"], first["campaign"], first["landing_page"]) == ("Paid Social", "tet", "/guide")
    assert site.rows(Touchpoint)[0].page == "/guide"


def test_another_campaign_inside_a_visit_is_a_touch_and_no_visit(client: FlaskClient, site: Product) -> None:
    comes = [(0, "google"), (25, ""), (50, "zalo"), (55, "facebook"), (120, "")]
    for minutes, source in comes:
        with time_machine.travel(NOON + timedelta(minutes=minutes), tick=False):
            beacon(client, view("/guide" + (f"?utm_source={source}&utm_medium=cpc" if source else "")))
    with time_machine.travel(NOON + timedelta(minutes=125), tick=False):
        client.post("/f/guide", data={**typed(), "_visitor": AN_ID})
    assert facts(site)["visits"] == 2
    assert attribution(site)["last_touch"]["at"].startswith("2026-11-01T14:00")


@pytest.mark.parametrize(
    ("comings", "seen", "visits"),
    [([0], [0], 1), ([0, 31], [], 2), ([0, 31], [5], 1), ([0, 30], [], 1), ([], [3], 0), ([0, 45], [40, 45], 1)],
)
def test_a_visit_follows_a_gap(comings: list[int], seen: list[int], visits: int) -> None:
    times = [[NOON + timedelta(minutes=one) for one in group] for group in (comings, seen)]
    assert visits_among(*times) == visits


def test_page_views_that_anybody_recorded_are_measured(client: FlaskClient, site: Product) -> None:
    told = {"fields": typed(), "touchpoints": [view("/pricing"), view("/guide")]}
    assert client.post(URL, json=told, headers=site.token("submissions:write")).status_code == 201
    assert (facts(site)["page_views"], facts(site)["visits"]) == (2, 1)


def test_nothing_recorded_is_unknown(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    assert not {"page_views", "visits", "engaged_seconds"} & set(facts(site))


def test_engaged_seconds_are_those_of_all_pages(client: FlaskClient, site: Product) -> None:
    engaged = [{"kind": "engagement", "page": page, "value": value} for page, value in (("/guide", 40), ("/x", 2.5))]
    beacon(client, *engaged, {"kind": "engagement", "page": "/y"})
    client.post("/f/guide", data={**typed(), "_visitor": AN_ID})
    assert facts(site)["engaged_seconds"] == 42.5


def test_history_of_a_trusted_server_keeps_its_dates(client: FlaskClient, site: Product) -> None:
    told = {
        "fields": typed(),
        "submitted_at": "2026-03-04T05:06:07Z",
        "touchpoints": [view("/pricing", at="2024-01-02T03:04:05Z"), view("/guide")],
    }
    with time_machine.travel(NOON):
        assert client.post(URL, json=told, headers=site.token("submissions:write")).status_code == 201
        old = {"visitor": AN_ID, "events": [view("/about", at="2025-01-02T03:04:05Z")]}
        assert client.post("/api/v1/touchpoints", json=old, headers=site.token("touchpoints:write")).status_code == 204
        beacon(client, view("/late", at="2025-01-02T03:04:05Z"))
    dates = {row.page: row.at.date().isoformat() for row in site.rows(Touchpoint)}
    assert dates == {
        "/pricing": "2024-01-02", "/guide": "2026-03-04", "/about": "2025-01-02", "/late": "2026-11-01",
    }  # fmt: skip
