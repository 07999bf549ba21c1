"""A worker that stands still is seen: by the age of what it should have sent."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import update

from capture.core.clock import now
from capture.core.transactions import transaction
from capture.delivery import claims
from capture.delivery.claims import Attempted
from capture.delivery.models import Delivery
from capture.delivery.retries import Decision
from capture.doctor import findings
from tests.products import Product, csrf_in, typed

SCREENS = ("/console/deliveries", "/console/")


def grown_old(site: Product) -> None:
    with transaction() as write:
        write.execute(update(Delivery).values(due_at=now() - timedelta(seconds=90)))


def refuse_one() -> None:
    with transaction() as write:
        one = claims.claim_due(write, {}, per_destination=1, most=1, at=now())[0]
        done = Attempted(now(), 4, 503, "said_no", '{"error": "closed"}')
        later = Decision("waiting", now() + timedelta(hours=1), why="busy", pause_destination=False)
        claims.record(write, one, done, later, at=now())


def of_the_worker(site: Product) -> list[str]:
    return [one.state for one in findings(site.app) if one.subject == "worker"]


def test_nothing_is_late_in_the_first_minute(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    browser = site.signed_in()
    assert "Nobody is sending" not in "".join(browser.get(path).text for path in SCREENS)
    assert of_the_worker(site) == []


def test_nobody_sends_and_everybody_is_told(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    grown_old(site)
    browser = site.signed_in()
    for path in SCREENS:
        assert "Nobody is sending messages" in browser.get(path).text, path
    page = browser.get("/console/deliveries").text
    assert "capture worker" in page and "Nothing sent since" in page
    assert f'<span class="count bad">{site.count(Delivery)}</span>' in page, "the badge of the menu"
    assert of_the_worker(site) == ["bad"]


def test_a_worker_that_is_behind_is_not_called_dead(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(size="big"))
    grown_old(site)
    refuse_one()
    page = site.signed_in().get("/console/deliveries").text
    assert "Sending is behind" in page and "Nobody is sending" not in page
    assert of_the_worker(site) == ["look"]


def test_a_refusal_is_told_with_its_time_its_answer_and_a_button(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    refuse_one()
    browser = site.signed_in()
    page = browser.get("/console/deliveries").text
    for text in ("The answer: HTTP 503.", "No message has ever arrived there.", "What crm sent back", "Try again now"):
        assert text in page, text
    assert "since ." not in browser.get("/console/").text
    path = f"/console/deliveries/destinations/{site.rows(Delivery)[0].destination_id}/resumption"
    browser.post(path, data={"csrf_token": csrf_in(page)})
    assert all(one.due_at <= now() for one in site.rows(Delivery))
