"""The doors of accounts and team, as an attacker tries them: no token, no right, a link pressed twice, applicants."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from capture.accounts import sessions
from capture.accounts.models import SignIn, User
from capture.accounts.roles import ROLES
from capture.core.clock import now
from capture.core.transactions import transaction
from capture.delivery.models import Delivery
from capture.leads.models import Lead
from tests.attacks.hostile import everything_stored, statuses, unwanted
from tests.attacks.test_closed_doors import both as both
from tests.attacks.test_closed_doors import of
from tests.colleagues import LINH, hired, post, signed_in, try_password, user
from tests.products import Product, csrf_in

OWN = (
    "/console/account",
    "/console/team",
    "/console/keys",
    "/console/password",
    "/console/forgotten",
    "/console/sign-in",
)


def postings(product: Product, user_id: str) -> list[str]:
    """Every address of these rooms that takes a posting, with a colleague's id in it."""
    rules = [rule for rule in product.app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    found = [str(rule) for rule in rules if str(rule).startswith(OWN) and "nothing" not in rule.endpoint]
    return [re.sub(r"<[^>]+>", "x" * 16, path.replace("<user_id>", user_id)) for path in found]


def test_no_posting_without_the_browsers_own_token_changes_anything(site: Product) -> None:
    hired(site)
    browser, other = signed_in(site), site.app.test_client()
    theirs = csrf_in(other.get("/console/sign-in").text)
    before = everything_stored(site)
    data = {
        "role": "viewer",
        "name": "x",
        "email": "x@example.com",
        "locale": "en",
        "everywhere": "y",
        "password": "x" * 20,
    }
    for token in ({}, {"csrf_token": "x"}, {"csrf_token": theirs}):
        paths = postings(site, user(site).id)
        assert len(paths) > 15
        cases = {path: lambda path=path, token=token: browser.post(path, data={**data, **token}) for path in paths}
        assert unwanted(statuses(cases), {400}) == {}
    assert everything_stored(site) == before


@pytest.mark.parametrize("role", [role for role in ROLES if role != "admin"])
def test_nobody_but_an_admin_makes_himself_or_anybody_more(site: Product, role: str) -> None:
    boss = hired(site)
    hired(site, "low@example.com", role)
    low = signed_in(site, "low@example.com")
    mine = user(site, "low@example.com").id
    before = everything_stored(site)
    for target in (mine, boss):
        for deed in ("role", "disabling", "enabling", "removal", "factor-removal", "invitation"):
            assert post(low, f"/console/team/{target}/{deed}", role="admin").status_code == 403
    for path in ("/console/team/invitations", "/console/team/factor-rule", "/console/keys"):
        assert (
            post(low, path, email="x@example.com", role="admin", locale="en", name="x", scope="leads:read").status_code
            == 403
        )
    for path in ("/console/audit", "/console/mailbox", "/console/mailbox/x/body", "/console/team"):
        assert low.get(path).status_code == 403
    assert everything_stored(site) == before
    post(low, "/console/account/profile", name="Low", locale="", timezone="", role="admin", email=LINH, id=boss)
    assert user(site, "low@example.com").role == role, "fields that the form does not have are not read"


def test_a_link_pressed_at_once_in_many_browsers_opens_one(site: Product) -> None:
    with transaction() as write:
        link = sessions.new_link(write, hired_within(write), now(), purpose="invitation")
    path = f"/console/sign-in/{link}"
    browsers = [site.app.test_client() for _ in range(8)]
    tokens = [csrf_in(browser.get(path).text) for browser in browsers]
    with ThreadPoolExecutor(8) as pool:
        press = pool.map(
            lambda one: one[0].post(path, data={"csrf_token": one[1]}).status_code, zip(browsers, tokens, strict=True)
        )
        answers = sorted(press)
    assert answers == [303] + [410] * 7
    assert site.count(SignIn) == 1


def hired_within(write: object) -> str:
    from capture.accounts.colleagues import create_user

    return create_user(write, LINH, "viewer")  # type: ignore[arg-type]


def test_a_reset_link_signs_nobody_in_and_a_sign_in_link_sets_no_password(site: Product) -> None:
    user_id = hired(site)
    with transaction() as write:
        reset = sessions.new_link(write, user_id, now(), purpose="reset")
        link = sessions.new_link(write, user_id, now())
    browser = site.app.test_client()
    assert browser.get(f"/console/sign-in/{reset}").status_code == 410
    assert browser.get(f"/console/forgotten/{link}").status_code == 410
    assert post(browser, f"/console/sign-in/{reset}").status_code == 410
    assert post(browser, f"/console/forgotten/{link}", password="một câu mới dài hơn hẳn").status_code == 410
    assert browser.get("/console/").status_code == 303
    assert site.count(User) == 1


def test_a_half_session_that_was_planted_opens_nothing(site: Product) -> None:
    """Fixation at the second step: the attacker's cookie from before is worthless after."""
    from tests.colleagues import code_now, with_factor

    hired(site)
    secret, _codes = with_factor(signed_in(site))
    victim, thief = site.app.test_client(), site.app.test_client()
    try_password(victim)
    planted = victim.get_cookie("capture_session", path="/console")
    assert planted is not None
    thief.set_cookie("capture_session", planted.value, path="/console")
    answer = post(victim, "/console/sign-in/code", seen_at="/console/sign-in/code", code=code_now(secret, 30))
    assert answer.status_code == 303
    assert victim.get("/console/").status_code == 200
    assert thief.get("/console/").status_code == 303
    assert thief.get("/console/sign-in/code").status_code == 303


DOORS = ("/console/", "/console/leads", "/console/leads?q=an@example.com", "/console/held", "/console/deliveries")


def test_each_door_shows_applicants_to_recruiters_and_leads_to_the_others(both: Product) -> None:
    recruiter, sales = both.signed_in("recruiter", "r@example.com"), both.signed_in("sales", "s@example.com")
    admin = both.signed_in("admin", "a@example.com")
    for path in DOORS:
        told = {name: one.get(path).text for name, one in (("r", recruiter), ("s", sales), ("a", admin))}
        assert ("Zimarra" in told["r"], "Rosvita" in told["s"]) == (False, False), path
        assert "Rosvita" in told["r"], path
        assert "Zimarra" in told["s"], path
        assert "Rosvita" in told["a"], path
        assert "Zimarra" in told["a"], path
    applicant, lead = of(both, Lead, "recruiting"), of(both, Lead, "marketing")
    assert recruiter.get(f"/console/leads/{applicant}").status_code == 200
    assert recruiter.get(f"/console/leads/{lead}").status_code == 404
    assert sales.get(f"/console/leads/{applicant}").status_code == 404
    assert recruiter.get(f"/console/deliveries/{of(both, Delivery, 'recruiting')}").status_code == 200
    assert recruiter.get(f"/console/deliveries/{of(both, Delivery, 'marketing')}").status_code == 404


def test_no_scope_of_the_api_shows_an_applicant(both: Product) -> None:
    from capture.accounts.roles import SCOPES

    client, head = both.app.test_client(), both.token(*SCOPES)
    assert client.get(f"/api/v1/leads/{of(both, Lead, 'recruiting')}", headers=head).status_code == 404
    gets = [
        str(rule)
        for rule in both.app.url_map.iter_rules()
        if str(rule).startswith("/api/v1") and "GET" in (rule.methods or ())
    ]
    for path in gets:
        assert "Rosvita" not in client.get(re.sub(r"<[^>]+>", of(both, Lead, "recruiting"), path), headers=head).text, (
            path
        )
