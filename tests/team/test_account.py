"""One's own account: profile, password, sessions and the history of signing in."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from capture.accounts.history import browser_of
from capture.accounts.models import AuditEntry, SignIn, SignInEvent
from capture.mailing.models import Mail
from tests.colleagues import LINH, PASSWORD, hired, post, signed_in, try_password, user
from tests.products import Product

ACCOUNT = "/console/account"
NEW = "một câu mới dài hơn hẳn"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"


@pytest.fixture
def linh(site: Product) -> FlaskClient:
    hired(site)
    return signed_in(site)


def test_name_language_and_clock_are_ones_own(site: Product, linh: FlaskClient) -> None:
    saved = post(linh, f"{ACCOUNT}/profile", name="Linh N.", locale="vi", timezone="America/New_York")
    assert saved.status_code == 303
    page = linh.get(ACCOUNT, headers={"Accept-Language": "en"}).text
    assert 'lang="vi"' in page
    assert "Tài khoản của tôi" in page
    at = site.rows(SignIn)[0].created_at
    from capture.core.texts import moment

    assert moment(at, "vi", "America/New_York") in page
    assert moment(at, "vi", "Asia/Ho_Chi_Minh") not in page
    (entry,) = site.rows(AuditEntry, action="user.profile")
    assert entry.details["before"]["name"] == "Linh Nguyễn"
    post(linh, f"{ACCOUNT}/profile", name="Linh N.", locale="", timezone="")
    assert 'lang="en"' in linh.get(ACCOUNT, headers={"Accept-Language": "en"}).text


def test_nonsense_is_refused_at_its_field(site: Product, linh: FlaskClient) -> None:
    zones = ("Mars/Base", "../../etc/passwd")
    for typed in ({"name": ""}, {"name": "x" * 200}, {"locale": "fr"}, *({"timezone": zone} for zone in zones)):
        answer = post(linh, f"{ACCOUNT}/profile", **{"name": "Linh", "locale": "", "timezone": "", **typed})
        assert answer.status_code == 422, typed
        assert 'aria-invalid="true"' in answer.text
    assert user(site).name == "Linh Nguyễn"


def test_a_new_password_asks_for_the_old_one_and_ends_other_sessions(site: Product, linh: FlaskClient) -> None:
    other = signed_in(site)
    assert post(linh, "/console/password", password=NEW).status_code == 422
    assert post(linh, "/console/password", password=NEW, current="x" * 20).status_code == 422
    assert post(linh, "/console/password", password="short", current=PASSWORD).status_code == 422
    assert try_password(site.app.test_client()).status_code == 303, "nothing changed so far"
    assert post(linh, "/console/password", password=NEW, current=PASSWORD).status_code == 303
    assert linh.get(ACCOUNT).status_code == 200
    assert other.get(ACCOUNT).status_code == 303
    assert try_password(site.app.test_client(), password=NEW).status_code == 303
    assert [one.kind for one in site.rows(Mail, recipient=LINH)] == ["password_changed"]


def test_one_session_is_ended_and_all_others_and_all(site: Product, linh: FlaskClient) -> None:
    phone, third = signed_in(site), signed_in(site)
    page = linh.get(ACCOUNT).text
    ends = re.findall(r'action="(/console/account/sessions/[0-9a-f]{16}/end)"', page)
    assert len(ends) == 2
    assert "this one" in page
    assert post(linh, ends[0]).status_code == 303
    assert sorted(browser.get(ACCOUNT).status_code for browser in (phone, third)) == [200, 303]
    assert post(linh, ends[0]).status_code == 404
    post(linh, f"{ACCOUNT}/sessions/end")
    assert linh.get(ACCOUNT).status_code == 200
    assert site.count(SignIn) == 1
    assert post(linh, f"{ACCOUNT}/sessions/end", everywhere="y").headers["Location"] == "/console/sign-in"
    assert linh.get(ACCOUNT).status_code == 303


def test_nobody_ends_a_session_of_somebody_else(site: Product, linh: FlaskClient) -> None:
    hired(site, "phuc@example.com", "viewer")
    phuc = signed_in(site, "phuc@example.com")
    theirs = next(one.digest for one in site.rows(SignIn) if one.user_id == user(site).id)
    for handle in (theirs[:16], theirs, theirs[:1], "%", "_" * 16, "x"):
        assert post(phuc, f"{ACCOUNT}/sessions/{handle}/end").status_code == 404
    assert linh.get(ACCOUNT).status_code == 200


def test_right_and_wrong_attempts_are_told_to_the_owner_only(site: Product, linh: FlaskClient) -> None:
    try_password(site.app.test_client(), password="x" * 20)
    try_password(site.app.test_client(), "nobody@example.com")
    page = linh.get(ACCOUNT, headers={"Accept-Language": "en"}).text
    assert page.count("Refused") == 1
    assert "with a password" in page
    assert [one.user_id is None for one in site.rows(SignInEvent)] == [False, False, True]


def test_a_browser_is_told_in_words() -> None:
    assert browser_of(CHROME) == "Chrome, Windows"
    assert browser_of(PHONE) == "Safari, iPhone"
    assert browser_of(CHROME + " Edg/126.0") == "Edge, Windows"
    assert browser_of(None) == browser_of("x" * 300) == ""
