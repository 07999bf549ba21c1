"""Experiments in the console: from a draft to a winner, and who may do what."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from capture.accounts.models import AuditEntry
from capture.core.clock import now
from capture.core.db import db
from capture.core.ids import new_id
from capture.core.transactions import transaction
from capture.leads.models import Lead
from capture.pages.experiments.models import Experiment, Exposure, Split, Variant
from capture.pages.models import Page
from capture.reports.experiments.adapt import adapt_all
from capture.submissions.models import Submission
from tests.pages.trials import HEADING, set_up, trial
from tests.products import Product, csrf_in, typed

LIST = "/console/experiments"


@pytest.fixture
def linh(site: Product) -> FlaskClient:
    return site.signed_in("marketer")


def post(browser: FlaskClient, path: str, **data: Any) -> Any:
    token = csrf_in(browser.get(f"{LIST}/new").text)
    return browser.post(path, data={"csrf_token": token, **data})


def as_it_stands(form: str) -> dict[str, str]:
    """What a browser would send of the blocks if nothing was touched."""
    form = re.sub(r"<template>.*?</template>", "", form, flags=re.DOTALL)
    found = dict(
        re.findall(r'<input(?! type="checkbox")[^>]* name="((?:title|blocks)[^"]*)"[^>]*? value="([^"]*)"', form)
    )
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\s*([^<]*)</textarea>', form))
    for name, options in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: html.unescape(value) for name, value in found.items()}


def draft(site: Product, linh: FlaskClient, **given: str) -> str:
    """The address of a new draft on the page `guide`."""
    page = site.rows(Page, slug="guide")[0].id
    return str(post(linh, LIST, page=page, **{"variants": "2", "allocation": "fixed", **given}).headers["Location"])


def brought(site: Product, counts: Mapping[str, tuple[int, int, int]], split: int = 1) -> None:
    """People who were shown each variant: visitors, leads, qualified ones."""
    running = site.rows(Experiment)[0]
    form = db.session.execute(select(Submission.form_id, Submission.form_version_id)).first()
    assert form is not None
    leads, sent, seen = [], [], []
    for key, (visitors, became, qualified) in counts.items():
        for number in range(visitors):
            submission = new_id() if number < became else None
            if submission:
                lead = new_id()
                stage = "mql" if number < qualified else "iql"
                told = {
                    "stage": stage,
                    "score": 1,
                    "grade": 1,
                    "submissions": 1,
                    "created_at": now(),
                    "updated_at": now(),
                }
                leads.append({"id": lead, "pipeline": "marketing", "attributes": {}, **told})
                what = {"status": "accepted", "verdict": [], "answers": {}, "extra": {}, "door": "form", "locale": "vi"}
                when = {"submitted_at": now(), "received_at": now(), "pipeline": "marketing", "variant": key}
                whose = {"site_id": running.site_id, "lead_id": lead, **form._asdict()}
                sent.append({"id": submission, **what, **when, **whose})
            who = {"experiment_id": running.id, "visitor": f"{key}{split}{number:020d}", "variant": key}
            how = {"split": split, "first_at": now(), "way": "script", "submission_id": submission}
            seen.append({**who, **how})
    db.session.rollback()
    with transaction() as write:
        for table, rows in ((Lead, leads), (Submission, sent), (Exposure, seen)):
            if rows:
                write.execute(insert(table.__table__), rows)


def test_an_empty_list_teaches_and_leads_on(linh: FlaskClient) -> None:
    page = linh.get(LIST, headers={"Accept-Language": "en"}).text
    assert "Find out which page brings better leads" in page
    assert f'href="{LIST}/new"' in page


def test_from_a_draft_to_a_winner(site: Product, linh: FlaskClient, client: FlaskClient) -> None:
    address = draft(site, linh)
    variant = f"{address}/variants/b"
    form = linh.get(variant).text
    data = {"csrf_token": csrf_in(form), **as_it_stands(form), "blocks.0.heading.vi": HEADING}
    assert HEADING in linh.post(f"{variant}/preview", data={**data, "_locale": "vi"}).text, "seen before it is saved"
    assert HEADING not in linh.get(f"{variant}/preview", headers={"Accept-Language": "vi"}).text
    assert linh.post(variant, data=data).status_code == 303
    [changed] = [one for one in site.rows(Variant) if one.key == "b"]
    assert changed.changes["blocks"][0]["heading"]["vi"] == HEADING
    assert HEADING in linh.get(f"{variant}/preview", headers={"Accept-Language": "vi"}).text
    assert HEADING not in client.get("/guide").text, "a draft changes nothing"
    assert post(linh, f"{address}/start").status_code == 303
    assert "data-variant" in client.get("/guide").text
    assert post(linh, f"{address}/end/b").status_code == 303
    assert HEADING in client.get("/guide").text
    assert {"experiments.change"} <= {one.action for one in site.rows(AuditEntry)}


def test_saving_without_a_change_changes_nothing(site: Product, linh: FlaskClient) -> None:
    address = draft(site, linh) + "/variants/b"
    form = linh.get(address).text
    assert linh.post(address, data={"csrf_token": csrf_in(form), **as_it_stands(form)}).status_code == 303
    assert [one.changes for one in site.rows(Variant)] == [{}, {}]


def test_what_was_found_is_said_with_its_numbers(site: Product, linh: FlaskClient, client: FlaskClient) -> None:
    running = set_up(site)
    client.post("/f/guide", data=typed())
    assert "Nobody has seen it yet" in linh.get(f"{LIST}/{running.id}", headers={"Accept-Language": "en"}).text
    brought(site, {"a": (2_000, 100, 20), "b": (2_000, 190, 80)})
    page = linh.get(f"{LIST}/{running.id}", headers={"Accept-Language": "en"}).text
    assert "B brings more qualified leads" in page
    assert "80 of 190" in page and "190 of 2,000" in page
    assert 'class="btn primary">End, keep B' in page
    assert "B brings more qualified leads" in linh.get(LIST, headers={"Accept-Language": "en"}).text
    assert "B mang về nhiều lead đủ chuẩn hơn" in linh.get(LIST, headers={"Accept-Language": "vi"}).text


def test_lost_visitors_are_told(site: Product, linh: FlaskClient, client: FlaskClient) -> None:
    running = set_up(site)
    client.post("/f/guide", data=typed())
    brought(site, {"a": (3_000, 100, 20), "b": (2_400, 190, 80)})
    page = linh.get(f"{LIST}/{running.id}", headers={"Accept-Language": "en"}).text
    assert "Visitors are not divided as asked" in page and "B was shown to 2,400" in page


def test_held_submissions_are_no_conversions(site: Product, linh: FlaskClient, client: FlaskClient) -> None:
    running = set_up(site)
    client.post("/f/guide", data=typed())
    brought(site, {"a": (300, 2, 0), "b": (300, 2, 0)})
    with transaction() as write:
        write.execute(update(Submission).where(Submission.variant == "b").values(status="held", lead_id=None))
    page = linh.get(f"{LIST}/{running.id}", headers={"Accept-Language": "en"}).text
    assert "2 of 300" in page and "0 of 300" in page


def test_adaptive_shares_follow_what_does_better(site: Product, client: FlaskClient) -> None:
    set_up(site, trial(allocation="adaptive"))
    client.post("/f/guide", data=typed())
    adapt_all()
    assert site.count(Split) == 1, "nothing is known yet"
    brought(site, {"a": (500, 10, 2), "b": (500, 60, 40)})
    adapt_all()
    adapt_all()
    assert [one.shares for one in site.rows(Split)] == [{"a": 500, "b": 500}, {"a": 50, "b": 950}]


def test_two_starts_on_one_page(site: Product, linh: FlaskClient) -> None:
    first, second = draft(site, linh), draft(site, linh, variants="3")
    assert post(linh, f"{first}/start").status_code == 303
    refused = post(linh, f"{second}/start")
    assert refused.status_code == 409
    assert "Another experiment runs on this page" in refused.text or "đang có thử nghiệm khác" in refused.text


def test_wrong_weights_and_pages_are_said_at_their_field(site: Product, linh: FlaskClient) -> None:
    address = draft(site, linh)
    wrong = post(linh, address, **{"name.a": "A", "weight.a": "0", "name.b": "B", "weight.b": "lots"})
    assert wrong.status_code == 422
    assert wrong.text.count('aria-invalid="true"') == 2
    assert post(linh, LIST, page="nothing", variants="9").status_code == 422
    assert linh.get(f"{LIST}/nothing").status_code == 404
    assert linh.get(f"{address}/variants/a").status_code == 404
    assert post(linh, f"{address}/end/a").status_code == 409


def test_a_draft_can_be_thrown_away_and_what_runs_cannot(site: Product, linh: FlaskClient) -> None:
    address = draft(site, linh)
    assert post(linh, f"{address}/removal").status_code == 303
    assert site.count(Experiment) == 0
    address = draft(site, linh)
    post(linh, f"{address}/start")
    assert post(linh, f"{address}/removal").status_code == 409


def test_blocks_are_added_moved_and_left_out(site: Product, linh: FlaskClient) -> None:
    address = draft(site, linh) + "/variants/b"
    data = {
        "csrf_token": csrf_in(linh.get(address).text),
        "title.vi": "Khác",
        "blocks.2.type": "form",
        "blocks.0.type": "hero",
        "blocks.0.heading.vi": "Trên",
        "blocks.1.type": "benefits",
        "blocks.1.out": "y",
        "blocks.1.items.0.title.vi": "Một",
        "add": "text",
    }
    assert linh.post(address, data=data).status_code == 303
    [changed] = [one for one in site.rows(Variant) if one.key == "b"]
    assert [one["type"] for one in changed.changes["blocks"]] == ["form", "hero", "benefits", "text"]
    assert changed.changes["blocks"][2]["hidden"] is True
    refused = linh.post(address, data={"csrf_token": data["csrf_token"], "title.vi": "Khác", "blocks.0.type": "hero"})
    assert refused.status_code == 422
    assert "aria-invalid" in refused.text


@pytest.mark.parametrize("role", ["viewer", "sales"])
def test_who_may_only_look_is_shown_no_button(site: Product, role: str) -> None:
    running = set_up(site)
    browser = site.signed_in(role, f"{role}@example.com")
    page = browser.get(f"{LIST}/{running.id}")
    assert page.status_code == 200
    assert "/end/" not in page.text
    assert browser.get(f"{LIST}/new").status_code == 403
    token = csrf_in(page.text)
    assert browser.post(f"{LIST}/{running.id}/end/b", data={"csrf_token": token}).status_code == 403
    assert site.signed_in("recruiter", "r@example.com").get(LIST).status_code == 403
