"""Signing in: sessions that cannot be planted or kept, links that work once, tries that tell nothing."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import insert, update

from capture.accounts import sessions
from capture.accounts.commands import create_user
from capture.accounts.models import SignIn, User
from capture.core.clock import now
from capture.core.transactions import transaction
from tests.attacks.hostile import NAUGHTY, STANDARD, statuses, unwanted
from tests.products import KEY, Product, csrf_in

COOKIE = "capture_session"
PASSWORD = "bốn từ dễ nhớ lắm đấy"


def cookie_of(browser: FlaskClient) -> str:
    cookie = browser.get_cookie(COOKIE, path="/console")
    assert cookie is not None
    return str(cookie.value)


def with_cookie(product: Product, value: str) -> FlaskClient:
    thief = product.app.test_client()
    thief.set_cookie(COOKIE, value, path="/console")
    return thief


def link_for(product: Product, role: str = "admin", email: str = "linh@example.com") -> str:
    with transaction() as write:
        return sessions.new_link(write, create_user(write, email, role, password=PASSWORD), now())


def use(browser: FlaskClient, link: str) -> int:
    token = csrf_in(browser.get(f"/console/sign-in/{link}").text)
    return browser.post(f"/console/sign-in/{link}", data={"csrf_token": token}).status_code


def try_password(browser: FlaskClient, email: str, password: str) -> tuple[int, str]:
    token = csrf_in(browser.get("/console/sign-in").text)
    answer = browser.post("/console/sign-in", data={"csrf_token": token, "email": email, "password": password})
    untold = re.sub(r'(name="csrf_token" value=")[^"]*', r"\1…", answer.text)
    return answer.status_code, untold.replace(email, "…")


def test_a_cookie_from_before_signing_in_is_worthless_after(site: Product) -> None:
    victim, link = site.app.test_client(), link_for(site)
    victim.get("/console/sign-in")
    planted = cookie_of(victim)
    assert use(victim, link) == 303
    assert cookie_of(victim) != planted
    assert victim.get("/console/").status_code == 200
    assert with_cookie(site, planted).get("/console/").status_code == 303


def test_a_planted_session_ends_when_its_browser_signs_in_as_somebody(site: Product) -> None:
    attacker = site.signed_in("viewer", "attacker@example.com")
    victim = with_cookie(site, cookie_of(attacker))
    victim.get("/console/password")
    assert use(victim, link_for(site)) == 303
    assert "linh@example.com" in [user.email for user in site.rows(User)]
    assert attacker.get("/console/").status_code == 303, "the planted session is over"
    assert victim.get("/console/").status_code == 200


def test_signing_out_ends_the_session_in_every_copy_of_its_cookie(site: Product) -> None:
    browser = site.signed_in()
    copies = [cookie_of(browser)]
    browser.get("/console/")
    browser.get("/console/password")
    copies.append(cookie_of(browser))
    browser.post("/console/sign-out", data={"csrf_token": csrf_in(browser.get("/console/password").text)})
    assert [with_cookie(site, copy).get("/console/").status_code for copy in copies] == [303, 303]
    assert site.count(SignIn) == 0


def test_one_signing_out_leaves_other_browsers_alone(site: Product) -> None:
    first = site.signed_in()
    second = site.app.test_client()
    with transaction() as write:
        link = sessions.new_link(write, site.rows(User)[0].id, now())
    assert use(second, link) == 303
    first.post("/console/sign-out", data={"csrf_token": csrf_in(first.get("/console/password").text)})
    assert second.get("/console/").status_code == 200


FORGED = (
    "",
    "x",
    "e30.x.y",
    "eyJ0b2tlbiI6IngifQ.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb",
    ".eJw",
    "\x00",
    "." * 3_000,
    "{}",
    "é",
)


def test_a_forged_cookie_is_nobodys(site: Product) -> None:
    good = cookie_of(site.signed_in())
    forged = [*FORGED, good[:-1], good + "x", good[::-1], good.upper()]
    cases = {one[:50]: lambda one=one: with_cookie(site, one).get("/console/") for one in forged}
    assert unwanted(statuses(cases), {303}) == {}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Product) -> None:
    browser = site.app.test_client()
    told = browser.get("/console/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Path=/console" in told


def test_a_public_page_sets_and_reads_no_cookie(site: Product) -> None:
    browser = site.signed_in()
    for path in ("/guide", "/t.js", "/thanks/x", "/nothing"):
        answer = browser.get(path)
        assert "Set-Cookie" not in answer.headers, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path
    assert "Set-Cookie" not in browser.post("/f/guide", data={"email": "an@"}).headers


def test_a_disabled_user_is_out_at_once_and_stays_out(site: Product) -> None:
    link, second = link_for(site), site.app.test_client()
    assert use(second, link) == 303
    with transaction() as write:
        spare = sessions.new_link(write, site.rows(User)[0].id, now())
        write.execute(update(User).values(disabled_at=now()))
    assert second.get("/console/").status_code == 303
    assert try_password(site.app.test_client(), "linh@example.com", PASSWORD)[0] == 422
    third = site.app.test_client()
    page = third.get(f"/console/sign-in/{spare}")
    if page.status_code == 200:
        third.post(f"/console/sign-in/{spare}", data={"csrf_token": csrf_in(page.text)})
    assert third.get("/console/").status_code == 303


def test_a_look_at_a_link_does_not_use_it_up_and_a_press_does(site: Product) -> None:
    link, browser = link_for(site), site.app.test_client()
    for method in ("GET", "HEAD", "OPTIONS", "GET"):
        browser.open(f"/console/sign-in/{link}", method=method)
    assert site.count(SignIn) == 0
    assert use(browser, link) == 303
    again = site.app.test_client()
    used = again.get(f"/console/sign-in/{link}")
    assert used.status_code == 410
    token = csrf_in(again.get("/console/sign-in").text)
    assert again.post(f"/console/sign-in/{link}", data={"csrf_token": token}).status_code == 410
    assert again.get("/console/").status_code == 303
    assert site.count(SignIn) == 1


def test_a_link_is_used_only_with_the_csrf_token_of_the_browser(site: Product) -> None:
    link = link_for(site)
    assert site.app.test_client().post(f"/console/sign-in/{link}").status_code == 400
    assert use(site.app.test_client(), link) == 303


def test_a_link_ends_after_a_day_and_a_session_when_idle_or_old(site: Product) -> None:
    link, browser = link_for(site), site.app.test_client()
    with time_machine.travel(now() + timedelta(hours=25)):
        assert browser.get(f"/console/sign-in/{link}").status_code == 410
    assert use(browser, link) == 303
    with time_machine.travel(now() + timedelta(hours=13)):
        assert browser.get("/console/").status_code == 303


def test_a_link_of_any_kind_is_a_used_one(site: Product) -> None:
    browser, good = site.app.test_client(), link_for(site)
    names = ("x", "%00", "%ff", "a" * 5_000, "%0d%0a", "{{7}}", "' OR 1=1 --", good.swapcase(), good[:-1], good + "x")
    cases = {name[:40]: lambda name=name: browser.get(f"/console/sign-in/{name}") for name in names}
    assert unwanted(statuses(cases), {404, 410}) == {}


def test_what_is_typed_at_the_sign_in_may_be_anything(site: Product) -> None:
    browser = site.app.test_client()
    token = csrf_in(browser.get("/console/sign-in").text)
    odd = ("\x00", "a\x00@example.com", "x" * 100_000, "linh@example.com\x00", " ", "\ud7ff", *NAUGHTY[:6])
    cases = {
        f"{email[:20]!r}": lambda email=email: browser.post(
            "/console/sign-in", data={"csrf_token": token, "email": email, "password": email}
        )
        for email in odd
    }
    assert unwanted(statuses(cases), {422}) == {}
    missing = browser.post("/console/sign-in", data={"csrf_token": token})
    assert missing.status_code == 422


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(site: Product) -> None:
    link_for(site)
    with transaction() as write:
        create_user(write, "no.password@example.com", "viewer")
        create_user(write, "gone@example.com", "viewer", password=PASSWORD)
        write.execute(update(User).where(User.email == "gone@example.com").values(disabled_at=now()))
    emails = {
        "linh@example.com": "x" * 20,
        "nobody@example.com": "x" * 20,
        "no.password@example.com": "",
        "gone@example.com": PASSWORD,
    }
    answers = {try_password(site.app.test_client(), email, password) for email, password in emails.items()}
    assert len(answers) == 1
    assert next(iter(answers))[0] == 422


def test_an_unknown_email_takes_as_long_as_a_wrong_password(site: Product) -> None:
    link_for(site)
    browser, emails = site.app.test_client(), ("linh@example.com", "nobody@example.com")
    spent: dict[str, list[float]] = {email: [] for email in emails}
    for _ in range(9):
        for email in emails:
            began = time.process_time()
            try_password(browser, email, "x" * 20)
            spent[email].append(time.process_time() - began)
    known, unknown = (statistics.median(spent[email]) for email in emails)
    assert 0.6 < known / unknown < 1.7, f"{known:.4f} s against {unknown:.4f} s"


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Product]:
    product = Product.made(tmp_path, f"sqlite:///{tmp_path}/capture.sqlite", RATE_LIMITS="on")
    with product.app.app_context():
        product.apply(STANDARD)
        yield product
    product.close()


def test_guessing_passwords_ends_after_a_few_tries_whatever_head_is_sent(limited: Product) -> None:
    link_for(limited)
    browser = limited.app.test_client()
    token = csrf_in(browser.get("/console/sign-in").text)

    def guess(number: int, password: str = "x" * 20) -> int:
        data = {"csrf_token": token, "email": "linh@example.com", "password": password}
        return browser.post(
            "/console/sign-in", data=data, headers={"X-Forwarded-For": f"198.51.100.{number}"}
        ).status_code

    answers = [guess(number) for number in range(15)]
    assert answers[:5] == [422] * 5
    assert answers[-1] == 429
    assert guess(99, PASSWORD) == 429, "also the right one: a limit that lets it through is none"
    assert browser.get("/console/sign-in").status_code == 200


def test_a_key_that_signed_before_opens_no_session_of_another_installation(site: Product, tmp_path: Path) -> None:
    cookie = cookie_of(site.signed_in())
    other = Product.made(tmp_path, f"sqlite:///{tmp_path}/other.sqlite", SECRET_KEY=KEY[::-1])
    with other.app.app_context():
        assert with_cookie(other, cookie).get("/console/").status_code == 303
    other.close()


def test_a_session_token_is_kept_as_a_digest_only(site: Product) -> None:
    link = link_for(site)
    browser = site.app.test_client()
    use(browser, link)
    with browser.session_transaction(path="/console") as kept:
        token = kept["token"]
    stored = [row.digest for row in site.rows(SignIn)]
    assert token not in stored
    assert sessions.digest_of(token) in stored


def test_old_sessions_of_a_clock_that_ran_back_are_not_endless(site: Product) -> None:
    user_id = (site.signed_in(), site.rows(User)[0].id)[1]
    with transaction() as write:
        write.execute(
            insert(SignIn).values(
                digest=sessions.digest_of("old"), user_id=user_id, address=None, agent="", created_at=now(),
                seen_at=now(), expires_at=now() - timedelta(seconds=1),
            )
        )  # fmt: skip
    assert sessions.user_of("old", now()) is None
