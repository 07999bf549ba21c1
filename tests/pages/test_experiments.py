"""Experiments as visitors meet them: one variant each, counted once, never kept by a cache."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest
from flask.testing import FlaskClient

from capture.core.errors import Conflict, Invalid
from capture.delivery.models import Message
from capture.pages.experiments.models import Experiment, Exposure, Split
from capture.pages.models import Page, PageVersion
from capture.sites.change import put, retire, section_of
from capture.sites.queries import sites
from capture.submissions.models import Submission
from tests.pages.trials import (
    HEADING,
    OTHER,
    PERSON,
    ask,
    now_running,
    peer_shown,
    set_up,
    shown,
    trial,
    view,
    visitors,
    written,
)
from tests.products import Product, typed


def test_a_page_under_test_is_for_one_visitor_alone(site: Product, client: FlaskClient) -> None:
    client.get("/guide")
    set_up(site)
    site.app.extensions["capture.shelf"].keep_up()
    page = ask(client)
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "Set-Cookie" not in page.headers
    shelf = site.app.extensions["capture.shelf"]
    shelf.keep_up()
    assert shelf.answer("localhost", "/guide", "", "", "") is None
    assert shown(page) == shown(ask(client)), "the same address and agent see the same all day"
    assert len(ask(client, Accept_Encoding="br").data) < 15_000


def test_both_variants_are_sent_and_each_page_carries_the_other(site: Product, client: FlaskClient) -> None:
    set_up(site)
    pages = {peer: ask(client, peer=f"198.51.100.{peer}") for peer in range(1, 60)}
    counted = Counter(shown(page) for page in pages.values())
    assert counted["a"] > 15 and counted["b"] > 15
    for page in pages.values():
        main, _, rest = page.text.partition("</main>")
        other = "b" if shown(page) == "a" else "a"
        assert (HEADING in main) == (shown(page) == "b")
        assert f'<template data-variant="{other}"' in rest


def test_a_page_without_an_experiment_stays_on_the_shelf(site: Product, client: FlaskClient) -> None:
    set_up(site)
    page = client.get("/pricing")
    assert page.headers["Cache-Control"].startswith("public")
    assert "data-variant" not in page.text and "_variant" not in page.text


def test_a_request_without_script_is_counted_once_under_the_digest(site: Product, client: FlaskClient) -> None:
    set_up(site)
    first = ask(client)
    ask(client)
    written()
    [seen] = site.rows(Exposure)
    assert (seen.variant, seen.way, len(seen.visitor)) == (shown(first), "request", 32)


@pytest.mark.parametrize(
    "headers",
    [
        {"agent": "Googlebot/2.1"},
        {"agent": "curl/8.5"},
        {"agent": ""},
        {"Sec_Purpose": "prefetch"},
        {"Sec_GPC": "1"},
        {"path": "/guide?_variant=b"},
    ],
)
def test_robots_and_those_who_ask_for_privacy_are_not_counted(
    site: Product, client: FlaskClient, headers: dict[str, str]
) -> None:
    set_up(site)
    ask(client, **headers)
    written()
    assert site.count(Exposure) == 0


def test_a_beacon_counts_the_visitor_and_drops_the_digest(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    [visitor] = visitors("b", 1)
    ask(client)
    view(client, visitor, f"{running.id}:b")
    view(client, visitor, f"{running.id}:b")
    written()  # after the beacon, as it may happen
    counted = [(one.visitor, one.variant, one.way) for one in site.rows(Exposure) if one.way != "dropped"]
    assert counted == [(visitor, "b", "script")]


@pytest.mark.parametrize(
    "claim", ["{id}:b:forced", "{id}:z", "nothing:b", "{id}", "", "{id}:b:x", ":", "{id}:b" + "x" * 300]
)
def test_claims_that_are_none_are_not_counted(site: Product, client: FlaskClient, claim: str) -> None:
    running = set_up(site)
    view(client, visitors("b", 1)[0], claim.format(id=running.id))
    assert site.count(Exposure) == 0


def test_a_variant_that_the_browser_was_not_to_be_shown_is_not_counted(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    peer = peer_shown(client, "a")
    view(client, visitors("a", 1)[0], f"{running.id}:b", peer=peer)
    assert [one for one in site.rows(Exposure) if one.way == "script"] == []


def test_robots_beacons_are_not_counted(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    for agent in ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0 Safari/537.36", "curl/8.5"):
        view(client, visitors("b", 1)[0], f"{running.id}:b", agent=agent)
    assert site.count(Exposure) == 0


def test_a_submission_says_which_variant_it_came_from(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    [visitor] = visitors("b", 1)
    view(client, visitor, f"{running.id}:b")
    data = {**typed(), "_page": "guide", "_visitor": visitor, "_variant": f"{running.id}:b"}
    client.post("/f/guide", data=data, headers={"User-Agent": PERSON})
    [sent] = site.rows(Submission)
    assert sent.variant == "b"
    assert sent.page_version_id == now_running().variants["b"].version_id
    assert orjson.loads(site.rows(Message)[-1].body)["data"]["submission"]["variant"] == "b"
    [seen] = [one for one in site.rows(Exposure) if one.way == "script"]
    assert seen.submission_id == sent.id


def test_a_submission_without_script_belongs_to_the_digest(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    key = shown(ask(client))
    data = {**typed(), "_page": "guide", "_variant": f"{running.id}:{key}"}
    client.post("/f/guide", data=data, headers={"User-Agent": PERSON}, environ_base={"REMOTE_ADDR": "203.0.113.5"})
    [seen] = site.rows(Exposure)
    assert seen.submission_id == site.rows(Submission)[0].id
    view(client, "A" * 22, f"{running.id}:{key}")
    assert site.rows(Exposure, visitor=seen.visitor)[0].way == "request", "a neighbour with script takes nothing away"


def test_a_forced_variant_is_shown_and_never_counted(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    page = ask(client, "/guide?_variant=b", peer=peer_shown(client, "a"))
    assert HEADING in page.text and "<template data-variant" not in page.text and shown(page) == ""
    claim = f"{running.id}:b:forced"
    assert f'name="_variant" value="{claim}"' in page.text
    client.post("/f/guide", data={**typed(), "_page": "guide", "_variant": claim}, headers={"User-Agent": PERSON})
    [sent] = site.rows(Submission)
    assert sent.variant is None
    assert sent.page_version_id == now_running().variants["b"].version_id, "it still points at what was shown"
    assert "?_variant=b" not in client.get("/pricing?_variant=b").text


def test_a_refused_form_comes_back_in_its_variant(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    answer = client.post("/f/guide", data={**typed(email="an@"), "_page": "guide", "_variant": f"{running.id}:b"})
    assert answer.status_code == 422
    assert HEADING in answer.text
    assert f'name="_variant" value="{running.id}:b"' in answer.text


def test_who_was_still_typing_at_the_end_is_not_lost(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    set_up(site, trial(running=False, winner="a"))
    client.post("/f/guide", data={**typed(), "_page": "guide", "_variant": f"{running.id}:b"})
    assert site.rows(Submission)[0].variant == "b"


def test_a_variant_of_another_page_or_of_nothing_is_ignored(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    for claim in (f"{running.id}:z", "x:b", "<b>", f"{running.id}:b"):
        client.post("/f/guide", data={**typed(email=f"{len(claim)}@example.com"), "_page": "summer", "_variant": claim})
    assert {one.variant for one in site.rows(Submission)} == {None}


def test_the_winner_becomes_a_new_version(site: Product, client: FlaskClient) -> None:
    set_up(site)
    set_up(site, trial(running=False, winner="b"))
    page = client.get("/guide")
    assert HEADING in page.text
    assert page.headers["Cache-Control"].startswith("public")
    [ended] = site.rows(Experiment)
    assert (ended.winner, ended.ended_by) == ("b", "linh@example.com")
    assert site.rows(Page, slug="guide")[0].version == 3


def test_keeping_the_control_leaves_the_page_as_it_was(site: Product, client: FlaskClient) -> None:
    before = client.get("/guide").text
    set_up(site)
    set_up(site, trial(running=False))
    assert client.get("/guide").text == before
    assert site.rows(Experiment)[0].winner == "a"


def test_one_experiment_runs_on_a_page(site: Product) -> None:
    set_up(site)
    with pytest.raises(Invalid):
        set_up(site, trial(slug="another"))
    assert site.count(Experiment) == 1
    set_up(site, trial(slug="another", running=False))
    assert site.count(Experiment) == 2, "a draft may wait for its turn"


def test_what_is_compared_does_not_change(site: Product) -> None:
    set_up(site)
    site_id = next(iter(sites()))
    with pytest.raises(Invalid):
        put(
            section_of("pages"),
            {"slug": "guide", "title": "x", "blocks": OTHER, "offer": "book"},
            site_id=site_id,
            actor="l",
        )
    with pytest.raises(Conflict):
        retire(section_of("pages"), "guide", site_id=site_id, actor="l")
    changed = trial()
    changed["variants"] = [changed["variants"][0], {**changed["variants"][1], "blocks": OTHER[:1]}]
    with pytest.raises(Invalid):
        set_up(site, changed)


def test_who_saw_a_variant_keeps_it_when_the_weights_change(site: Product, client: FlaskClient) -> None:
    running = set_up(site)
    [visitor] = visitors("a", 1)
    view(client, visitor, f"{running.id}:a")
    before = {number: shown(ask(client, peer=f"198.51.100.{number}")) for number in range(1, 30)}
    written()
    variants = [{**one, "weight": weight} for one, weight in zip(trial()["variants"], (1, 99), strict=True)]
    set_up(site, trial(variants=variants))
    assert [one.shares for one in site.rows(Split)] == [{"a": 500, "b": 500}, {"a": 10, "b": 990}]
    assert {number: shown(ask(client, peer=f"198.51.100.{number}")) for number in before} == before
    fresh = Counter(shown(ask(client, peer=f"192.0.2.{number}")) for number in range(1, 60))
    assert fresh["b"] > 50
    view(client, visitor, f"{running.id}:b")
    assert site.rows(Exposure, visitor=visitor)[0].variant == "a", "counted as it was first seen"


def test_versions_of_variants_are_no_version_of_the_page(site: Product, client: FlaskClient) -> None:
    set_up(site)
    assert site.rows(Page, slug="guide")[0].version == 1
    assert site.count(PageVersion, page_id=site.rows(Page, slug="guide")[0].id) == 2


def test_a_site_that_tracks_nobody_starts_no_experiment(site: Product) -> None:
    from sqlalchemy import update

    from capture.core.transactions import transaction
    from capture.sites.models import Site

    with transaction() as write:
        write.execute(update(Site).values(tracking="off"))
    with pytest.raises(Invalid):
        set_up(site)
