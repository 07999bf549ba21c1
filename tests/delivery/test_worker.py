"""The worker: claim, send, record; at least once, always with the same id and body."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from capture.core.clock import now
from capture.core.db import db
from capture.core.transactions import transaction
from capture.delivery import claims
from capture.delivery.models import Attempt, Delivery, Destination
from capture.delivery.receiver import Receiver, serve
from capture.delivery.retries import next_attempt
from capture.delivery.secrets import signing_secrets
from capture.delivery.signatures import new_secret
from capture.delivery.worker import Worker, attempt
from tests.conftest import SECRET
from tests.console.editing import opened, posted
from tests.products import Product, typed


@pytest.fixture
def crm() -> Iterator[tuple[str, io.StringIO]]:
    """The demo CRM: its address and what it prints."""
    out, ready, started = io.StringIO(), threading.Event(), []

    def begun(receiver: Receiver) -> None:
        started.append(receiver)
        ready.set()

    thread = threading.Thread(
        target=lambda: serve("127.0.0.1", 0, secret=SECRET, out=out, as_json=True, ready=begun), daemon=True
    )
    thread.start()
    assert ready.wait(5)
    yield f"http://127.0.0.1:{started[0].server_address[1]}/hook", out
    started[0].shutdown()
    thread.join(5)


def send_to(url: str) -> frozenset[str]:
    with transaction() as write:
        write.execute(update(Destination).values(url=url))
    return frozenset({url.split("/")[2]})


def claimed(most: int = 10, *, hours_later: int = 0) -> list[claims.Claimed]:
    with transaction() as write:
        return claims.claim_due(write, {}, per_destination=10, most=most, at=now() + timedelta(hours=hours_later))


def work_through(site: Product, allow: frozenset[str]) -> None:
    """What the worker does, without its threads."""
    while batch := claimed():
        for one in batch:
            done, retry_after = attempt(one, allow, site.app.config["SETTINGS"].hooks)
            decision = next_attempt(
                one.attempts + 1,
                done.status,
                failure=None if done.status else done.outcome,
                retry_after=retry_after,
                now=now(),
                jitter=0.5,
            )
            with transaction() as write:
                assert claims.record(write, one, done, decision, at=now())


def test_a_receiver_has_a_day_to_take_a_new_secret(
    client: FlaskClient, site: Product, crm: tuple[str, io.StringIO]
) -> None:
    browser, path = site.signed_in("marketer"), "/console/destinations/crm"
    shown = posted(browser, f"{path}/secret", opened(browser, path), _secret="made")
    assert "whsec_" in shown.text
    allow, hooks = send_to(crm[0]), site.app.config["SETTINGS"].hooks
    client.post("/f/guide", data=typed(size="big"))
    done, _ = attempt(claimed()[0], allow, hooks)
    assert done.outcome == "delivered", "the demo CRM knows the old one, and that signs too"
    done, _ = attempt(claimed(hours_later=25)[0], allow, hooks)
    assert done.status == 401


@pytest.mark.parametrize("kept", ["{new} {old}", "{new}", ""])
def test_an_operator_rotates_in_the_environment(kept: str) -> None:
    new, old = new_secret(), new_secret()
    hooks = {"HOOK_CRM_SECRET": kept.format(new=new, old=old)}
    if not kept:
        with pytest.raises(ValueError, match="HOOK_CRM_SECRET is not set"):
            signing_secrets("env:HOOK_CRM_SECRET", None, hooks)
    else:
        assert signing_secrets("env:HOOK_CRM_SECRET", "env:HOOK_GONE", hooks) == kept.format(new=new, old=old).split()


def test_a_lead_arrives_verified_with_its_story(
    client: FlaskClient, site: Product, crm: tuple[str, io.StringIO]
) -> None:
    url, out = crm
    allow = send_to(url)
    client.post("/f/guide", data=typed(size="big"))
    work_through(site, allow)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["verified"] for line in lines] == [True, True]
    assert [line["message"]["type"] for line in lines] == ["lead.created", "lead.stage_changed"], (
        "in the order of the story"
    )
    assert lines[0]["message"]["data"]["lead"]["email"] == "an@example.com"
    assert site.count(Delivery, state="delivered") == 2


def test_the_worker_itself_sends_and_stops(client: FlaskClient, site: Product, crm: tuple[str, io.StringIO]) -> None:
    url, out = crm
    settings = site.app.config["SETTINGS"]
    site.app.config["SETTINGS"] = type(settings)(**{**settings.__dict__, "egress_allow": send_to(url)})
    try:
        client.post("/f/guide", data=typed())
        worker = Worker(site.app)
        thread = threading.Thread(target=worker.run)
        thread.start()
        waiting = threading.Event()
        for _ in range(200):
            if out.getvalue():
                break
            waiting.wait(0.05)
        worker.stop()
        thread.join(10)
    finally:
        site.app.config["SETTINGS"] = settings
    assert not thread.is_alive()
    assert json.loads(out.getvalue())["verified"]
    assert site.rows(Delivery)[0].state == "delivered"


def test_nobody_at_home_is_tried_again_later_and_kept_with_a_name(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    work_through(site, frozenset({"127.0.0.1:9"}))
    [delivery] = site.rows(Delivery)
    assert (delivery.state, delivery.attempts, delivery.why) == ("waiting", 1, "refused")
    assert timedelta(seconds=3) < delivery.due_at - now() < timedelta(seconds=7)
    assert site.rows(Attempt)[0].outcome == "refused"


def test_a_private_address_without_permission_is_never_called(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    work_through(site, frozenset())
    assert site.rows(Delivery)[0].why in {"private_address", "insecure"}


def test_a_lapsed_claim_is_no_attempt_and_is_due_at_once(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    [first] = claimed()
    assert claimed() == []
    with transaction() as write:
        write.execute(update(Delivery).values(claimed_until=now() - timedelta(seconds=1)))
    [second] = claimed()
    assert (second.id, second.message_id, second.body, second.attempts) == (first.id, first.message_id, first.body, 0)
    late = claims.Attempted(now(), 1, 500, "said_no", "")
    decision = next_attempt(1, 500, now=now(), jitter=0)
    with transaction() as write:
        assert not claims.record(write, first, late, decision, at=now()), "who lost the claim overwrites nothing"
    assert site.count(Attempt) == 0


class Gone(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(410)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_410_pauses_the_destination_and_its_messages_wait_until_it_is_resumed(
    client: FlaskClient, site: Product
) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Gone) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        allow = send_to(f"http://127.0.0.1:{server.server_address[1]}/hook")
        client.post("/f/guide", data=typed())
        work_through(site, allow)
        server.shutdown()
    assert site.rows(Destination)[0].paused_at is not None
    assert site.rows(Delivery)[0].state == "waiting"
    client.post("/f/guide", data=typed(name="Khác"))
    assert claimed() == []
    with transaction() as write:
        claims.resume(write, site.rows(Destination)[0].id, at=now())
    assert claimed()


def test_a_replay_sends_the_same_id_and_bytes_again(
    client: FlaskClient, site: Product, crm: tuple[str, io.StringIO]
) -> None:
    url, out = crm
    allow = send_to(url)
    client.post("/f/guide", data=typed())
    work_through(site, allow)
    with transaction() as write:
        assert claims.replay(write, [site.rows(Delivery)[0].id], at=now()) == 1
    work_through(site, allow)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert first["id"] == second["id"]
    assert second["again"]
    assert first["message"] == second["message"]


def test_one_hanging_destination_does_not_take_the_others_places(client: FlaskClient, site: Product) -> None:
    for number in range(6):
        client.post("/f/guide", data=typed(email=f"p{number}@example.com", phone=None))
    with transaction() as write:
        first = claims.claim_due(write, {}, per_destination=2, most=8, at=now())
        busy = {db.session.execute(select(Destination.id)).scalar_one(): 2}
        second = claims.claim_due(write, busy, per_destination=2, most=8, at=now())
    assert (len(first), len(second)) == (2, 0)
