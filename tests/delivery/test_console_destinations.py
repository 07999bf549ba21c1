"""Destinations in the console: a secret shown once, a test message, the guard on addresses."""

from __future__ import annotations

import re

from capture.accounts.models import AuditEntry
from capture.delivery.models import Delivery, Destination, Message
from capture.delivery.signatures import key_of
from tests.console.editing import file_of, opened, posted
from tests.products import Product

NEW = {"name": "sheet", "url": "http://127.0.0.1:9000/sheet"}


def test_the_secret_is_made_shown_once_and_exported_as_stored(site: Product) -> None:
    browser = site.signed_in("marketer")
    shown = posted(browser, "/console/destinations/-/new", opened(browser, "/console/destinations/-/new"), **NEW)
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", shown.text)[0]
    assert shown.status_code == 200 and key_of(secret) and "standardwebhooks" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert site.rows(Destination, name="sheet")[0].secret == secret
    for path in ("/console/destinations/sheet", "/console/destinations"):
        assert secret not in browser.get(path).text
    assert "secret: stored" in file_of(site) and secret not in file_of(site)
    assert all(secret not in str(entry.details) for entry in site.rows(AuditEntry))


def test_a_secret_is_changed_and_the_rest_stays(site: Product) -> None:
    browser = site.signed_in("marketer")
    posted(browser, "/console/destinations/-/new", opened(browser, "/console/destinations/-/new"), **NEW)
    before = site.rows(Destination, name="sheet")[0].secret
    form = opened(browser, "/console/destinations/sheet")
    again = posted(browser, "/console/destinations/sheet/secret", form, _secret="made")
    assert "whsec_" in again.text and site.rows(Destination, name="sheet")[0].secret != before
    form = opened(browser, "/console/destinations/sheet")
    wrong = posted(browser, "/console/destinations/sheet/secret", form, _secret="env", _env="env:SECRET_KEY")
    assert wrong.status_code == 422 and "begins with HOOK_" in wrong.text
    done = posted(browser, "/console/destinations/sheet/secret", form, _secret="env", _env="env:HOOK_CRM_SECRET")
    assert done.status_code == 303 and site.rows(Destination, name="sheet")[0].secret == "env:HOOK_CRM_SECRET"


def test_an_address_that_the_guard_would_refuse_is_refused_with_what_to_do(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/destinations/crm")
    for url, said in (
        ("http://169.254.169.254/latest", "https"), ("https://localhost/x", "private network"),
        ("https://10.0.0.1/x", "EGRESS_ALLOW"), ("http://crm.example.com/x", "https address"),
        ("https://user:secret@crm.example.com/", "without user name"),
    ):  # fmt: skip
        answer = posted(browser, "/console/destinations/crm", form, url=url)
        assert answer.status_code == 422 and said in answer.text, url


def test_a_test_message_takes_the_way_of_every_message(site: Product) -> None:
    browser = site.signed_in("marketer")
    token = opened(browser, "/console/destinations/crm")["csrf_token"]
    answer = browser.post("/console/destinations/crm/ping", data={"csrf_token": token})
    delivery, message = site.rows(Delivery)[0], site.rows(Message)[0]
    assert answer.status_code == 303 and message.type == "ping" and delivery.state == "waiting"
    fragment = browser.get(f"/console/destinations/crm/ping/{delivery.id}").text
    assert "On its way" in fragment and "data-again" in fragment
    assert browser.get("/console/destinations/crm/ping/nothing").status_code == 404


def test_it_is_put_on_hold_and_goes_on(site: Product) -> None:
    browser = site.signed_in("marketer")
    token = {"csrf_token": opened(browser, "/console/destinations/crm")["csrf_token"]}
    browser.post("/console/destinations/crm/pause", data=token)
    assert site.rows(Destination)[0].paused_at and "On hold since" in browser.get("/console/destinations/crm").text
    browser.post("/console/destinations/crm/resumption", data=token)
    assert site.rows(Destination)[0].paused_at is None
    browser.post("/console/destinations/crm/retirement", data=token)
    assert browser.get("/console/destinations/crm").status_code == 404 and "crm" not in file_of(site)


def test_a_wrong_condition_is_shown_at_its_row(site: Product) -> None:
    browser = site.signed_in("marketer")
    form = opened(browser, "/console/destinations/crm")
    rows = {"when__join": "any", "when__alone": None}
    rows |= {"when__rows__0__fact": "visits", "when__rows__0__operator": "gte", "when__rows__0__value": "2"}
    rows |= {"when__rows__1__fact": "visits", "when__rows__1__operator": "gt", "when__rows__1__value": "many"}
    page = posted(browser, "/console/destinations/crm", form, **rows).text
    first, second = page.split('class="comparison"')[1:3]
    assert "Please write a number" in second and "Please write a number" not in first


def test_recruiting_is_not_seen_by_marketers(site: Product) -> None:
    admin = site.signed_in("admin")
    posted(
        admin, "/console/destinations/-/new", opened(admin, "/console/destinations/-/new"), **NEW, pipeline="recruiting"
    )
    marketer = site.signed_in("marketer", "m@example.com")
    assert "/sheet" not in marketer.get("/console/destinations").text
    assert marketer.get("/console/destinations/sheet").status_code == 404
