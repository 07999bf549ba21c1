"""Everything of a site over the API: read, created, replaced, retired, as the site file would have it."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.accounts.models import AuditEntry
from capture.pages.models import PageVersion
from capture.sites.models import Site
from tests.products import Product

TOKEN = "token test"
FORM = {"fields": [{"name": "email", "type": "email", "label": "Email", "required": True}]}
PAGE = {
    "title": {"vi": "Mới", "en": "New"},
    "blocks": [{"type": "hero", "heading": "Hello"}, {"type": "form", "form": "new"}],
}


class Machine:
    """A program with a token for the configuration."""

    def __init__(self, site: Product, *scopes: str) -> None:
        self.client: FlaskClient = site.app.test_client()
        self.token = site.token(*(scopes or ("config:read", "config:write")))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {} if body is None else {"json": body}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(f"/api/v1/{path}", method=method, headers={**self.token, **named}, **more)


@pytest.fixture
def ask(site: Product) -> Machine:
    return Machine(site)


def test_a_campaign_is_made_without_a_browser(site: Product, ask: Machine) -> None:
    made = ask("PUT", "sites/test/forms/new", FORM)
    assert (made.status_code, made.json["slug"], made.headers["Location"]) == (
        201,
        "new",
        "/api/v1/sites/test/forms/new",
    )
    assert ask("PUT", "sites/test/pages/new", PAGE).status_code == 201
    assert "Hello" in ask.client.get("/new").text
    assert ask.client.post("/f/new", data={"email": "an@example.com", "_page": "new"}).status_code == 303
    assert ask("PUT", "sites/test/pages/new", {**PAGE, "published": False}).status_code == 200
    assert ask.client.get("/new").status_code == 404
    assert ask("PUT", "sites/test/pages/new", PAGE).status_code == 200
    assert ask("DELETE", "sites/test/pages/new").status_code == 204
    assert ask("GET", "sites/test/pages/new").status_code == ask.client.get("/new").status_code == 404


@pytest.mark.parametrize("part", ["forms", "offers", "pages", "destinations"])
def test_what_is_read_can_be_written_back_and_changes_nothing(site: Product, ask: Machine, part: str) -> None:
    key = "name" if part == "destinations" else "slug"
    items = ask("GET", f"sites/test/{part}").json["items"]
    assert items
    for item in items:
        again = ask("PUT", f"sites/test/{part}/{item[key]}", item)
        assert (again.status_code, again.json) == (200, item)
    assert site.count(AuditEntry, actor=TOKEN) == 0
    assert site.count(PageVersion) == 3


@pytest.mark.parametrize("part", ["settings", "scoring"])
def test_a_document_is_read_and_replaced_whole(site: Product, ask: Machine, part: str) -> None:
    before = ask("GET", f"sites/test/{part}")
    assert ask("PUT", f"sites/test/{part}", before.json).json == before.json
    changed = {**before.json, "name": "Nhà Mới"} if part == "settings" else {"extends": "default"}
    assert ask("PUT", f"sites/test/{part}", changed).status_code == 200
    assert ask("GET", f"sites/test/{part}").headers["ETag"] != before.headers["ETag"]


def test_a_slug_that_no_site_has_makes_a_site_that_takes_leads(site: Product, ask: Machine) -> None:
    settings = {"name": "Nhà Trà", "hosts": ["tra.example"]}
    assert ask("PUT", "sites/tra/settings", settings).status_code == 201
    assert ask("PUT", "sites/tra/forms/new", FORM).status_code == 201
    sent = ask.client.post("/f/new", data={"email": "an@example.com"}, headers={"Host": "tra.example"})
    assert sent.status_code == 303
    assert {one["slug"] for one in ask("GET", "sites").json["items"]} == {"test", "tra"}
    taken = ask("PUT", "sites/tea/settings", settings)
    assert taken.status_code == 422 and "hosts" in taken.json["errors"]
    assert site.count(Site) == 2


def test_two_who_change_the_same_thing_do_not_overwrite_each_other(ask: Machine) -> None:
    read = ask("GET", "sites/test/pages/pricing")
    tag = read.headers["ETag"]
    assert ask("GET", "sites/test/pages/pricing", If_None_Match=tag).status_code == 304
    mine = ask("PUT", "sites/test/pages/pricing", {**read.json, "title": "Mine"}, If_Match=tag)
    assert mine.status_code == 200 and mine.headers["ETag"] != tag
    for method, body in (("PUT", {**read.json, "title": "Theirs"}), ("DELETE", None)):
        late = ask(method, "sites/test/pages/pricing", body, If_Match=tag)
        assert late.status_code == 412 and late.json["title"] == "Precondition Failed"
    assert ask("GET", "sites/test/pages/pricing").json["title"] == "Mine"
    assert ask("PUT", "sites/test/pages/pricing", read.json, If_None_Match="*").status_code == 412
    assert ask("PUT", "sites/test/pages/other", {**read.json, "slug": "other"}, If_Match=tag).status_code == 412
    assert ask("PUT", "sites/test/pages/other", {**read.json, "slug": "other"}, If_None_Match="*").status_code == 201
    assert ask("DELETE", "sites/test/pages/pricing", If_Match=mine.headers["ETag"]).status_code == 204


def test_what_is_needed_elsewhere_is_not_retired(ask: Machine) -> None:
    refused = ask("DELETE", "sites/test/forms/guide")
    assert refused.status_code == 409
    assert "still needed by" in refused.json["detail"]


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("forms/new", {"fields": []}, "fields"),
        ("forms/new", {"fields": [{"name": "x", "type": "nothing"}]}, "fields.0.type"),
        ("forms/new", {"fields": FORM["fields"], "odd": 1}, "odd"),
        ("forms/New", FORM, "slug"),
        ("forms/api", FORM, "slug"),
        ("forms/new", {**FORM, "slug": "other"}, "slug"),
        ("forms/new", {**FORM, "slug": None}, "slug"),
        ("forms/new", {"fields": [{"name": "a", "type": "text", "label": "\x00"}]}, "fields.0.label"),
        ("pages/new", {**PAGE, "offer": "nothing"}, "offer"),
        ("pages/new", {**PAGE, "title": {"fr": "x"}}, "title.fr"),
        ("pages/new", {"title": "x", "blocks": [{"type": "hero"}]}, "blocks.0.heading"),
        ("pages/new", {"title": "x", "blocks": [{"type": "nothing"}]}, "blocks.0"),
        ("pages/new", {**PAGE, "opens": "2027-01-01"}, "opens"),
        ("pages/new", {**PAGE, "opens": "0001-01-01T00:00:00+14:00"}, "opens"),
        ("offers/new", {"kind": "ebook", "form": "guide", "asset": "../../../etc/passwd"}, "asset"),
        ("destinations/new", {"url": "http://10.0.0.1/", "secret": "env:HOOK_CRM_SECRET", "events": ["lead.created"]}, "url"),
        ("scoring", {"rules": [{"name": "a", "label": "A", "group": "fit", "when": {"fact": "x"}, "points": 1}]}, "rules.0.when.fact"),
    ],
)  # fmt: skip
def test_a_wrong_thing_is_refused_at_its_path_and_changes_nothing(
    site: Product, ask: Machine, path: str, body: Any, where: str
) -> None:
    answer = ask("PUT", f"sites/test/{path}", body)
    assert answer.status_code == 422, answer.text
    assert answer.content_type == "application/problem+json"
    assert [name for name in answer.json["errors"] if name.startswith(where)], answer.json["errors"]
    assert site.count(AuditEntry, actor=TOKEN) == 0


def test_a_list_comes_in_pieces(ask: Machine) -> None:
    seen, path = [], "sites/test/forms?limit=3"
    while path:
        answer = ask("GET", path)
        seen += [one["slug"] for one in answer.json["items"]]
        path = (answer.json["next"] or "").removeprefix("/api/v1/")
        assert ("Link" in answer.headers) is bool(path)
    assert seen == ["call", "guide", "odd", "work"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=1&limit=2", "after=!!!", "after=" + "a" * 999, "after=%00"]
)
def test_a_place_that_no_list_named_is_refused(ask: Machine, query: str) -> None:
    assert ask("GET", f"sites/test/forms?{query}").status_code == 422


def test_a_change_is_in_the_audit_log_with_before_and_after(site: Product, ask: Machine) -> None:
    page = ask("GET", "sites/test/pages/pricing").json
    ask("PUT", "sites/test/pages/pricing", {**page, "title": "New"})
    ask("DELETE", "sites/test/pages/pricing")
    changed, retired = site.rows(AuditEntry, actor=TOKEN)
    assert (changed.action, changed.subject) == ("pages.change", "pricing")
    assert changed.details["before"]["title"] == page["title"] and changed.details["after"]["title"] == "New"
    assert retired.details["after"] is None


def test_reading_is_not_writing(site: Product) -> None:
    reader, writer = Machine(site, "config:read"), Machine(site, "config:write")
    assert reader("PUT", "sites/test/forms/new", FORM).status_code == 403
    assert reader("DELETE", "sites/test/pages/pricing").status_code == 403
    assert writer("GET", "sites/test/forms").status_code == 403
    assert writer("PUT", "sites/test/forms/new", FORM).status_code == 201


def test_a_secret_is_never_told(ask: Machine) -> None:
    page = {**ask("GET", "sites/test/pages/pricing").json, "password": "env:HOOK_GUIDE_WORD"}
    made = ask("PUT", "sites/test/pages/pricing", page)
    assert made.json["password"] == "stored"
    assert ask("PUT", "sites/test/pages/pricing", made.json).json == made.json
    assert ask("GET", "sites/test/destinations/crm").json["secret"] == "env:HOOK_CRM_SECRET"
