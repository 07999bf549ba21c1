"""Who may see what: strangers nothing, each role what the one page of permissions says, each pipeline its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.accounts.guards import OPEN
from capture.accounts.models import AuditEntry
from capture.accounts.roles import PERMISSIONS, ROLES, SCOPES, may
from capture.delivery.models import Delivery, Destination, Message
from capture.leads.models import Lead
from capture.submissions.models import Submission
from tests.attacks.hostile import JSON_URL, STANDARD, everything_stored, statuses, unwanted
from tests.products import SCREENS_ONLY, Product, csrf_in, typed

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
UNKNOWN = (
    "nothing", "nothing/at/all", "leads/", "leads/x/y", "LEADS", "leads%00", "leads%2f..", "..%2f..%2fguide", ".env", "admin",
    "sign-in%00", "sign-in/", "sign-in/a/b", "sign_in", "static/x.js", "leads;x", "%ff", "a" * 3_000, "forms/guide/submissions/",
    "forms/guide", "openapi.json/", "openapi.jsonx", "users", "tokens", "{{7}}",
)  # fmt: skip


@dataclass
class Door:
    prefix: str
    status: int
    mark: str


CONSOLE, API = Door("/console/", 303, "_permission"), Door("/api/v1/", 401, "_scope")
OPEN_PATHS = {"/console/sign-in/", "/console/sign-in%00", "/api/v1/forms/guide/submissions/"}


def guarded(product: Product, door: Door) -> Iterator[tuple[str, set[str], Any]]:
    """Path with made-up ids, methods and view of each route behind a door."""
    for rule in product.app.url_map.iter_rules():
        view = product.app.view_functions[rule.endpoint]
        if str(rule).startswith(door.prefix) and getattr(view, door.mark, None) != OPEN:
            yield re.sub(r"<[^>]+>", "x", str(rule)), set(rule.methods or ()), view


@pytest.mark.parametrize("door", [CONSOLE, API], ids=["console", "api"])
def test_a_stranger_is_sent_away_from_every_address_by_every_method(site: Product, door: Door) -> None:
    stranger = site.app.test_client()
    paths = {path for path, _methods, _view in guarded(site, door)} | {door.prefix + path for path in UNKNOWN}
    paths |= {door.prefix, door.prefix.rstrip("/")}
    cases = {
        f"{method} {path[:60]}": lambda method=method, path=path: stranger.open(path, method=method)
        for path in sorted(paths - OPEN_PATHS)
        for method in METHODS
    }
    assert unwanted(statuses(cases), {door.status}) == {}


@pytest.mark.parametrize("door", [CONSOLE, API], ids=["console", "api"])
def test_doubled_slashes_and_odd_methods_open_nothing(site: Product, door: Door) -> None:
    stranger = site.app.test_client()
    paths = [f"{door.prefix}/leads", f"{door.prefix}leads//x", f"{door.prefix}//", f"/{door.prefix}leads"]
    cases = {path: lambda path=path: stranger.get("/", environ_overrides={"PATH_INFO": path}) for path in paths}
    assert unwanted(statuses(cases), {door.status, 404}) == {}
    odd = {
        method: lambda method=method: stranger.open(f"{door.prefix}leads", method=method) for method in ("TRACE", "FOO")
    }
    assert unwanted(statuses(odd), {door.status, 405, 501}) == {}


@pytest.mark.parametrize("door", [CONSOLE, API], ids=["console", "api"])
def test_what_is_and_what_is_not_look_the_same_to_strangers(site: Product, door: Door) -> None:
    stranger = site.app.test_client()
    seen = {
        (answer.status_code, answer.data, str(sorted(one for one in answer.headers if one[0] != "X-Request-Id")))
        for path, _methods, _view in guarded(site, door)
        for answer in (stranger.get(path), stranger.get(f"{path}nothing"))
    }
    assert len(seen) == 1


def test_a_posting_of_a_stranger_changes_nothing(site: Product) -> None:
    site.app.test_client().post("/f/guide", data=typed())
    paths = [f"/console/deliveries/{site.rows(Delivery)[0].id}/replay"]
    paths += [f"/console/deliveries/destinations/{site.rows(Destination)[0].id}/resumption"]
    before = everything_stored(site)
    for path in paths:
        assert site.app.test_client().post(path).status_code == 303
    assert everything_stored(site) == before


@pytest.fixture
def both(site: Product) -> Product:
    """A lead in each pipeline, with a destination that hears of applicants too."""
    text = STANDARD.read_text()
    recruiting = '\n  - {name: hr, url: "http://127.0.0.1:9/hr", secret: "env:HOOK_CRM_SECRET", events: [lead.created], pipeline: recruiting}\n'
    file = site.app.config["SETTINGS"].instance / "both.yaml"
    (file.parent / "guide.pdf").write_bytes((STANDARD.parent / "guide.pdf").read_bytes())
    file.write_text(text.rstrip("\n") + recruiting)
    site.apply(file)
    client = site.app.test_client()
    client.post("/f/guide", data=typed(name="Zimarra An"))
    client.post("/f/work", data={"email": "an@example.com", "name": "Rosvita An", "phone": "0912345679"})
    client.post("/f/guide", data={**typed(name="Held Zimarra"), "_website": "x"})
    client.post("/f/work", data={"email": "held@example.com", "name": "Held Rosvita", "_website": "x"})
    assert site.count(Lead) == 2
    assert site.count(Submission, status="held") == 2
    return site


def of(product: Product, model: Any, pipeline: str) -> str:
    if model is Delivery:
        messages = {one.id for one in product.rows(Message, pipeline=pipeline)}
        return str(next(one.id for one in product.rows(Delivery) if one.message_id in messages))
    return str(product.rows(model, pipeline=pipeline)[0].id)


def real_path(product: Product, rule: str, pipeline: str) -> str:
    kinds = {"lead_id": Lead, "delivery_id": Delivery, "destination_id": Destination}
    for name, model in kinds.items():
        rule = rule.replace(f"<{name}>", of(product, model, pipeline)) if f"<{name}>" in rule else rule
    return re.sub(r"<[^>]+>", "x", re.sub(r"<int:[^>]+>", "1", rule))


@SCREENS_ONLY
@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_exactly_what_the_page_of_permissions_says(both: Product, role: str) -> None:
    browser = both.signed_in(role, f"{role}@example.com")
    token = csrf_in(browser.get("/console/password").text)
    pipeline = "recruiting" if role == "recruiter" else "marketing"
    for rule in both.app.url_map.iter_rules():
        permission = getattr(both.app.view_functions[rule.endpoint], "_permission", None)
        if not str(rule).startswith("/console") or permission == OPEN or "nothing" in rule.endpoint:
            continue
        path = real_path(both, str(rule), pipeline)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = browser.open(path, method=method, data={"csrf_token": token})
            refused = answer.status_code == 403
            assert refused is not may(role, str(permission)), f"{role} {method} {path}: {answer.status_code}"


def test_every_permission_names_roles_that_exist() -> None:
    assert all(roles <= set(ROLES) and roles for roles in PERMISSIONS.values())


@pytest.mark.parametrize(
    ("role", "theirs", "others"),
    [
        ("recruiter", "Rosvita", "Zimarra"),
        ("sales", "Zimarra", "Rosvita"),
        ("viewer", "Zimarra", "Rosvita"),
        ("marketer", "Zimarra", "Rosvita"),
    ],
)
def test_no_list_and_no_search_shows_people_of_another_pipeline(
    both: Product, role: str, theirs: str, others: str
) -> None:
    browser = both.signed_in(role, f"{role}@example.com")
    paths = [
        "/console/",
        "/console/leads",
        "/console/leads?q=an@example.com",
        "/console/leads?q=0912",
        "/console/leads?q=a",
    ]
    paths += [
        "/console/leads?stage=iql",
        "/console/leads?page=2",
        "/console/deliveries",
        "/console/deliveries?state=waiting",
        "/console/held",
    ]
    told = {path: browser.get(path).text for path in paths}
    assert [path for path, text in told.items() if others in text] == []
    if may(role, "leads.see"):
        assert theirs in told["/console/leads"]


@pytest.mark.parametrize(
    ("role", "foreign"),
    [("recruiter", "marketing"), ("sales", "recruiting"), ("viewer", "recruiting"), ("marketer", "recruiting")],
)
def test_an_id_of_another_pipeline_opens_nothing(both: Product, role: str, foreign: str) -> None:
    browser = both.signed_in(role, f"{role}@example.com")
    token = csrf_in(browser.get("/console/password").text)
    delivery, destination = of(both, Delivery, foreign), of(both, Destination, foreign)
    asked = [("GET", f"/console/leads/{of(both, Lead, foreign)}"), ("GET", f"/console/deliveries/{delivery}")]
    asked += [
        ("POST", f"/console/deliveries/{delivery}/replay"),
        ("POST", f"/console/deliveries/destinations/{destination}/resumption"),
    ]
    before = everything_stored(both)
    for method, path in asked:
        assert browser.open(path, method=method, data={"csrf_token": token}).status_code in {403, 404}, path
    assert everything_stored(both) == before


def test_the_api_shows_no_applicant(both: Product) -> None:
    client, reader = both.app.test_client(), both.token("leads:read")
    assert client.get(f"/api/v1/leads/{of(both, Lead, 'marketing')}", headers=reader).status_code == 200
    hidden = client.get(f"/api/v1/leads/{of(both, Lead, 'recruiting')}", headers=reader)
    nobody = client.get("/api/v1/leads/01890000-0000-7000-8000-000000000000", headers=reader)
    assert hidden.status_code == nobody.status_code == 404
    assert hidden.data == nobody.data


def test_a_token_opens_only_its_scope(both: Product) -> None:
    client, lead = both.app.test_client(), f"/api/v1/leads/{of(both, Lead, 'marketing')}"
    beacon = {"visitor": "A" * 22, "events": []}
    opened = {
        scope: {
            "leads:read": client.get(lead, headers=both.token(scope)).status_code == 200,
            "touchpoints:write": client.post("/api/v1/touchpoints", json=beacon, headers=both.token(scope)).status_code
            == 204,
            "submissions:write": client.post(JSON_URL, json={"fields": typed()}, headers=both.token(scope)).status_code
            == 201,
        }
        for scope in SCOPES
    }
    for scope, doors in opened.items():
        assert {name for name, is_open in doors.items() if is_open} == {scope} & doors.keys()


def test_a_session_is_no_token_and_a_token_is_no_session(both: Product) -> None:
    browser, lead = both.signed_in(), of(both, Lead, "marketing")
    assert browser.get(f"/api/v1/leads/{lead}").status_code == 401
    assert both.app.test_client().get(f"/console/leads/{lead}", headers=both.token(*SCOPES)).status_code == 303


NO_IDS = (
    "x",
    "0",
    "%00",
    "a%00b",
    "' OR 1=1 --",
    "01890000-0000-7000-8000-00000000000g",
    "{01890000-0000-7000-8000-000000000000}",
    "%ff",
    "-" * 500,
)


@pytest.mark.parametrize("rule", ["/console/leads/{}", "/console/deliveries/{}", "/api/v1/leads/{}"])
def test_an_id_of_any_kind_is_not_found(both: Product, rule: str) -> None:
    browser, reader = both.signed_in(), both.token("leads:read")
    cases = {text: lambda text=text: browser.get(rule.format(text), headers=reader) for text in NO_IDS}
    assert unwanted(statuses(cases), {404}) == {}
    assert browser.get("/console/").status_code == 200


@pytest.mark.parametrize("rule", ["/console/deliveries/{}/replay", "/console/deliveries/destinations/{}/resumption"])
def test_an_order_for_an_id_of_any_kind_is_not_found(both: Product, rule: str) -> None:
    browser = both.signed_in()
    token = {"csrf_token": csrf_in(browser.get("/console/password").text)}
    cases = {text: lambda text=text: browser.post(rule.format(text), data=token) for text in NO_IDS}
    assert unwanted(statuses(cases), {404}) == {}
    assert both.count(AuditEntry, action="deliveries.replay") == 0


QUERIES = ("page=0", "page=-1", "page=" + "9" * 5_000, "page=%00", "page=\u0661", "page=1e9", "page=a&page=b", "q=%00", "q=%ED%A0%80", "q=%25", "q=_",
           "q=!", "q=%5C", "q=@", "q=%00@", "q=a@%00.b", "q=" + "0" * 5_000, "stage=%00", "stage[]=x", "channel=%00", "channel=%27", "state=%00", "x=%00")  # fmt: skip


@pytest.mark.parametrize("path", ["/console/leads", "/console/deliveries", "/console/held"])
def test_a_query_of_any_kind_is_a_search_without_results(both: Product, path: str) -> None:
    browser = both.signed_in()
    cases = {query[:40]: lambda query=query: browser.get(f"{path}?{query}") for query in QUERIES}
    assert unwanted(statuses(cases), {200, 400}) == {}


def test_a_search_for_a_wildcard_finds_only_itself(both: Product) -> None:
    browser = both.signed_in()
    for query in ("%25", "_", "%25%25", "Z_m", "!", "%5C"):
        assert "Zimarra An" not in browser.get(f"/console/leads?q={query}").text


def orders(browser: FlaskClient, both: Product) -> list[str]:
    delivery, destination = of(both, Delivery, "marketing"), of(both, Destination, "marketing")
    return [
        f"/console/deliveries/{delivery}/replay", f"/console/deliveries/destinations/{destination}/resumption",
        "/console/password", "/console/sign-out", "/console/nothing",
    ]  # fmt: skip


@pytest.mark.parametrize("token", [None, "", "x", "0" * 200, "\x00", "ImFiYyI.ZZZZZZ.aaaaaaaaaaaaaaaaaaaaaaaaaaa"])
def test_an_order_without_the_sessions_own_csrf_token_is_refused(both: Product, token: str | None) -> None:
    browser = both.signed_in()
    before = everything_stored(both)
    data = {"password": "bốn từ dễ nhớ lắm đấy"} | ({} if token is None else {"csrf_token": token})
    cases = {path: lambda path=path: browser.post(path, data=data) for path in orders(browser, both)}
    assert unwanted(statuses(cases), {400, 403}) == {}
    assert everything_stored(both) == before
    assert browser.get("/console/").status_code == 200


def test_a_csrf_token_of_another_session_is_refused(both: Product) -> None:
    browser, other = both.signed_in(), both.signed_in("viewer", "v@example.com")
    token = csrf_in(other.get("/console/password").text)
    cases = {path: lambda path=path: browser.post(path, data={"csrf_token": token}) for path in orders(browser, both)}
    assert unwanted(statuses(cases), {400, 403}) == {}


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "//evil.example",
        "javascript:alert(1)",
        "http://localhost.evil.example/",
        "\\\\evil.example",
    ],
)
def test_no_answer_of_the_console_leads_to_another_site(both: Product, target: str) -> None:
    browser = both.signed_in()
    token = csrf_in(browser.get("/console/password").text)
    heads, query = (
        {"Referer": target, "Origin": "http://localhost"},
        {"next": target, "url": target, "return_to": target},
    )
    data = {"csrf_token": token, "next": target, "password": "bốn từ dễ nhớ lắm đấy"}
    for path in orders(browser, both):
        answer = browser.post(path, data=data, headers=heads, query_string=query)
        assert answer.headers.get("Location", "/").startswith("/console/"), path
    stranger = both.app.test_client()
    for path in ("/console/", "/console/leads", "/console/sign-in"):
        answer = stranger.get(path, headers=heads, query_string=query)
        assert answer.headers.get("Location", "/console/").startswith("/console/"), path
        assert "evil.example" not in answer.text
