"""The audit log, the mailbox, and the list of routes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.accounts.audit import note
from capture.core.clock import now
from capture.core.transactions import transaction
from capture.mailing.models import Mail
from capture.team.changes import Change, changes_of
from capture.team.commands import routes
from tests.attacks.hostile import NAUGHTY, STANDARD
from tests.audit.screens import NO_SCREENS
from tests.colleagues import LINH, hired, post, signed_in
from tests.products import Product


@pytest.fixture
def admin(site: Product) -> FlaskClient:
    hired(site)
    return signed_in(site)


def noted(action: str, actor: str = LINH, **details: Any) -> None:
    with transaction() as write:
        note(write, actor, action, subject="guide", at=now(), details=details)


def test_only_what_changed_is_told_and_where() -> None:
    before = {
        "title": {"vi": "Cũ", "en": "Old"},
        "blocks": [{"type": "hero"}, {"type": "text", "body": "a"}],
        "tags": ["x"],
    }
    after = {"title": {"vi": "Mới", "en": "Old"}, "blocks": [{"type": "hero"}, {"type": "text"}], "tags": ["x", "y"]}
    assert changes_of({"before": before, "after": after}) == [
        Change("title › vi", "Cũ", "Mới"),
        Change("blocks › 2 › body", "a", None),
        Change("tags", "x", "x, y"),
    ]
    assert changes_of({"before": None, "after": {"role": "sales"}}) == [Change("role", None, "sales")]
    assert changes_of({"how": "password"}) == [Change("how", None, "password")]
    assert changes_of({}) == []


def test_the_log_is_filtered_by_person_and_kind_and_paged(site: Product, admin: FlaskClient) -> None:
    for number in range(35):
        noted("pages.change", before={"title": f"A{number}"}, after={"title": f"B{number}"})
    noted("forms.change", actor="phuc@example.com", after={"slug": "Zebra"})
    first = admin.get("/console/audit").text
    assert "<del>" in first
    assert "Zebra" in first
    assert "B0</ins>" not in first
    assert "B0</ins>" in admin.get("/console/audit?page=2").text
    assert "Zebra" not in admin.get(f"/console/audit?person={LINH}").text
    only_forms = admin.get("/console/audit?kind=forms").text
    assert "Zebra" in only_forms
    assert "B34" not in only_forms
    for query in ("kind=%25", "kind=_", "person=%00", "kind=%27", "page=" + "9" * 500):
        assert admin.get(f"/console/audit?{query}").status_code == 200


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _value in attrs)))


def elements_of(html: str) -> list[tuple[str, tuple[str, ...]]]:
    parser = Elements()
    parser.feed(html)
    return parser.found


SCREENS = ("/console/audit", "/console/team", "/console/keys", "/console/mailbox", "/console/account")


def test_hostile_texts_are_texts_on_every_screen(site: Product) -> None:
    def elements_with(texts: Sequence[str]) -> dict[str, Counter[tuple[str, tuple[str, ...]]]]:
        site.empty()
        site.apply(STANDARD)
        hired(site)
        admin = signed_in(site)
        for number, text in enumerate(texts):
            noted("pages.change", after={"title": text})
            post(admin, "/console/keys", name=text[:60], scope=["leads:read"], lifetime="")
            post(admin, "/console/account/profile", name=text[:100], locale="", timezone="")
            post(admin, "/console/team/invitations", email=f"a{number}@example.com", role="viewer", locale="en")
        return {path: Counter(elements_of(admin.get(path).text)) for path in SCREENS}

    assert elements_with(NAUGHTY[:4]) == elements_with([f"plain text {number}" for number in range(4)])


def test_a_mail_is_shown_in_a_frame_that_can_do_nothing(site: Product, admin: FlaskClient) -> None:
    post(admin, "/console/team/invitations", email="minh@example.com", role="viewer", locale="en")
    mail_id = site.rows(Mail)[0].id
    assert "minh@example.com" in admin.get("/console/mailbox").text
    page, body = (admin.get(f"/console/mailbox/{mail_id}{end}") for end in ("", "/body"))
    assert "sandbox" in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    policy = body.headers["Content-Security-Policy"]
    assert policy.endswith("; sandbox")
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "Accept the invitation" in body.text
    assert admin.get("/console/mailbox/x").status_code == 404


def test_the_list_of_routes_names_permissions_and_screens(site: Product) -> None:
    listed = json.loads(site.app.test_cli_runner().invoke(routes, ["--json"]).output)
    by_path = {one["path"]: one for one in listed}
    assert by_path["/console/leads"]["needs"] == "people.see"
    assert by_path["/console/leads"]["screens"] == ["leads/list.html"]
    assert by_path["/console/account/second-factor"]["screens"] == [
        "team/second_factor.html",
        "team/second_factor_new.html",
    ]
    rules = {
        str(rule)
        for rule in site.app.url_map.iter_rules()
        if str(rule).startswith("/console") and "nothing" not in rule.endpoint
    }
    assert rules == by_path.keys()
    others = {f"/console{path}" for path in NO_SCREENS} | {"/console/palette"}
    assert {one["path"] for one in listed if one["methods"] == ["GET"] and not one["screens"]} <= others
