"""The page editor through its doors: a live page never changes while it is edited, and two people never overwrite each other."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.pages.models import Page, PageDraft, PageStep, PageVersion
from tests.products import Product, csrf_in

JSON = {"Accept": "application/json"}


@pytest.fixture
def linh(site: Product) -> FlaskClient:
    return site.signed_in()


def page_id(site: Product, slug: str = "guide") -> str:
    return str(site.rows(Page, slug=slug)[0].id)


def edit(browser: FlaskClient, page: str, do: str, **values: Any) -> Any:
    """One edit as the script sends it."""
    token = csrf_in(browser.get(f"/console/pages/{page}").text)
    return browser.post(f"/console/pages/{page}/draft", data={"csrf_token": token, "do": do, **values}, headers=JSON)


def press(browser: FlaskClient, page: str, what: str, **values: Any) -> Any:
    token = csrf_in(browser.get(f"/console/pages/{page}").text)
    return browser.post(f"/console/pages/{page}/{what}", data={"csrf_token": token, **values})


def order(site: Product, page: str) -> list[str]:
    draft = site.rows(PageDraft, page_id=page)[0]
    step = site.rows(PageStep, page_id=page, number=draft.step)[0]
    return [block["type"] for block in step.content["blocks"]]


def hero(**texts: str) -> dict[str, str]:
    return {"b.heading.vi": "Rang mẻ đầu tiên", "b.heading.en": "Roast", **texts}


def test_a_live_page_changes_only_when_it_is_published(site: Product, linh: FlaskClient) -> None:
    page, visitor = page_id(site), site.app.test_client()
    assert edit(linh, page, "fields:b1", **hero(**{"b.heading.vi": "Một lời hứa khác"})).status_code == 200
    assert "Một lời hứa khác" not in visitor.get("/guide").text
    assert "Một lời hứa khác" in linh.get(f"/console/pages/{page}/preview?locale=vi").text
    assert press(linh, page, "publication").status_code == 303
    assert "Một lời hứa khác" in visitor.get("/guide").text
    assert [version.number for version in site.rows(PageVersion, page_id=page)] == [1, 2]
    assert site.rows(PageVersion, page_id=page)[1].published_by == "linh@example.com"
    assert site.count(PageDraft, page_id=page) == 0


def test_blocks_are_added_moved_hidden_duplicated_and_removed_and_every_step_can_be_undone(
    site: Product, linh: FlaskClient
) -> None:
    page = page_id(site)
    steps = ["add:benefits", "down:b1", "duplicate:b4", "remove:b3", "down:b2"]
    seen = [["hero", "benefits", "form", "text"]]
    for step in steps:
        assert edit(linh, page, step).status_code == 200
        seen.append(order(site, page))
    assert seen[1] == ["hero", "benefits", "form", "text", "benefits"]
    assert seen[2][:2] == ["benefits", "hero"]
    for before in reversed(seen[:-1]):
        edit(linh, page, "undo")
        assert order(site, page) == before
    for after in seen[1:]:
        edit(linh, page, "redo")
        assert order(site, page) == after
    edit(linh, page, "undo")
    edit(linh, page, "hide:b1")
    hidden = order(site, page)
    edit(linh, page, "redo")
    assert order(site, page) == hidden, "what was undone is gone after another edit"
    assert "Rang mẻ đầu tiên" not in linh.get(f"/console/pages/{page}/preview?locale=vi").text


def test_two_people_at_two_blocks_do_not_overwrite_each_other(site: Product, linh: FlaskClient) -> None:
    page, phuc = page_id(site), site.signed_in("marketer", "phuc@example.com")
    edit(linh, page, "fields:b1", seen=0, **hero(**{"b.heading.vi": "Của Linh"}))
    edit(phuc, page, "fields:b4", seen=0, **{"b.body.vi": "Của Phúc"})
    shown = linh.get(f"/console/pages/{page}/preview?locale=vi").text
    assert "Của Linh" in shown and "Của Phúc" in shown
    assert edit(linh, page, "undo").status_code == 409, "nobody takes back what a colleague did"
    assert edit(phuc, page, "undo").status_code == 200
    assert edit(linh, page, "undo").status_code == 200


def test_who_edits_what_somebody_else_just_changed_is_told_and_sees_it(site: Product, linh: FlaskClient) -> None:
    page, phuc = page_id(site), site.signed_in("marketer", "phuc@example.com")
    edit(linh, page, "fields:b1", seen=0, **hero(**{"b.heading.vi": "Của Linh"}))
    answer = edit(phuc, page, "fields:b1", seen=0, **hero(**{"b.heading.vi": "Của Phúc"}))
    assert answer.status_code == 409
    assert "linh@example.com" in answer.get_json()["notice"]
    assert "Của Linh" in answer.get_json()["fields"]
    again = edit(phuc, page, "fields:b1", seen=answer.get_json()["step"], **hero(**{"b.heading.vi": "Của cả hai"}))
    assert again.status_code == 200


def test_two_people_in_the_editor_are_told_of_each_other(site: Product, linh: FlaskClient) -> None:
    page, phuc = page_id(site), site.signed_in("marketer", "phuc@example.com")
    press(phuc, page, "presence", block="b1")
    told = press(linh, page, "presence", block="b2").get_json()
    assert told["count"] == 1 and "Linh Nguyễn" in told["others"]


def test_what_cannot_be_published_is_shown_at_its_place_and_nothing_goes_live(site: Product, linh: FlaskClient) -> None:
    page = page_id(site)
    edit(linh, page, "fields:b1", **hero(**{"b.heading.vi": "", "b.heading.en": ""}))
    answer = press(linh, page, "publication")
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert site.count(PageVersion, page_id=page) == 1
    shown = linh.get(f"/console/pages/{page}/preview?locale=vi").text
    assert "<b>Mở đầu</b>" in shown, "a broken block is named in the preview"


def test_an_old_version_becomes_the_draft_again(site: Product, linh: FlaskClient) -> None:
    page = page_id(site)
    edit(linh, page, "fields:b1", **hero(**{"b.heading.vi": "Bản hai"}))
    press(linh, page, "publication")
    assert "Bản hai" in linh.get(f"/console/pages/{page}/versions").text
    assert "Rang mẻ đầu tiên" in linh.get(f"/console/pages/{page}/versions/1").text
    press(linh, page, "versions/1/restoration")
    press(linh, page, "publication")
    assert "Rang mẻ đầu tiên" in site.app.test_client().get("/guide").text
    assert site.rows(Page, slug="guide")[0].version == 3


def test_a_shared_link_shows_the_draft_to_whoever_has_it_and_to_nobody_else(site: Product, linh: FlaskClient) -> None:
    page, stranger = page_id(site), site.app.test_client()
    edit(linh, page, "fields:b1", **hero(**{"b.heading.vi": "Còn bí mật"}))
    link = re.search(r"/_preview/[^\"]+", press(linh, page, "link").text)
    assert link is not None
    shown = stranger.get(link[0])
    assert "Còn bí mật" in shown.text
    assert shown.headers["Cache-Control"] == "private, no-store" and shown.headers["X-Robots-Tag"] == "noindex"
    assert stranger.get(link[0][:-2] + "xx").status_code == 404
    assert stranger.get(f"/console/pages/{page}/preview").status_code == 303


def test_a_page_that_is_taken_down_sends_its_visitors_on_with_their_campaign(site: Product, linh: FlaskClient) -> None:
    page, visitor = page_id(site), site.app.test_client()
    press(linh, page, "closure", afterwards="/summer")
    gone = visitor.get("/guide?utm_source=facebook")
    assert (gone.status_code, gone.headers["Location"]) == (302, "/summer?utm_source=facebook")
    press(linh, page, "reopening")
    assert visitor.get("/guide").status_code == 200


def test_a_copy_is_a_draft_under_its_own_address(site: Product, linh: FlaskClient) -> None:
    press(linh, page_id(site), "copy")
    copy = site.rows(Page, slug="guide-2")[0]
    assert copy.version == 0
    assert site.app.test_client().get("/guide-2").status_code == 404
    press(linh, copy.id, "publication")
    assert "Rang mẻ đầu tiên" in site.app.test_client().get("/guide-2").text


def test_a_template_becomes_a_page_with_its_form_offer_and_destination_from_an_empty_database(product: Product) -> None:
    linh = product.signed_in()
    token = csrf_in(linh.get("/console/pages/new?preset=contact").text)
    typed = {"preset": "contact", "brand": "Nhà Rang", "title.vi": "Liên hệ Nhà Rang", "title.en": "Contact us"}
    more = {"destination": "https://crm.example.com/hook"}
    made = linh.post("/console/pages/new", data={"csrf_token": token, **typed, **more})
    assert made.status_code == 303, made.text
    page = made.headers["Location"].rsplit("/", 1)[1]
    press(linh, page, "publication")
    shown = product.app.test_client().get("/lien-he-nha-rang")
    assert shown.status_code == 200 and 'action="/f/lien-he-nha-rang"' in shown.text


@pytest.mark.parametrize("role", ["sales", "viewer"])
def test_who_may_only_look_cannot_change_a_page(site: Product, role: str) -> None:
    browser, page = site.signed_in(role, f"{role}@example.com"), page_id(site)
    assert browser.get(f"/console/pages/{page}").status_code == 200
    token = csrf_in(browser.get("/console/").text)
    for what in ("draft", "publication", "closure", "copy", "link", "password", "retirement"):
        answer = browser.post(f"/console/pages/{page}/{what}", data={"csrf_token": token, "do": "remove:b1"})
        assert answer.status_code == 403, what


def test_a_page_opens_and_closes_by_the_clock_on_every_process(site: Product, linh: FlaskClient) -> None:
    import time_machine

    page, visitor = page_id(site), site.app.test_client()
    content = {"p.slug": "guide", "p.offer": "book", "p.title.vi": "Cẩm nang", "p.title.en": "Guide"}
    times = {"p.opens": "2027-01-10T08:00", "p.closes": "2027-01-12T08:00", "p.afterwards": "/summer"}
    assert edit(linh, page, "page", **content, **times).status_code == 200
    assert press(linh, page, "publication").status_code == 303
    assert visitor.get("/guide").status_code == 404, "the way on is for those who come too late"
    for moment, status in (("2027-01-10T01:00:01Z", 200), ("2027-01-12T01:00:01Z", 302)):
        with time_machine.travel(moment, tick=False):
            assert visitor.get("/guide").status_code == status, moment
