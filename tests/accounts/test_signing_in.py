"""The console's door: closed by default, one-time links, sessions that end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import update

from capture.accounts.models import SignIn, User
from capture.accounts.passwords import hashed, is_right, problem_with
from capture.core.transactions import transaction
from tests.products import Product, csrf_in

GOOD = "bốn từ dễ nhớ lắm đấy"


def test_a_one_time_link_opens_the_console_once(site: Product) -> None:
    browser = site.signed_in()
    assert "Linh Nguyễn" in browser.get("/console/").text
    assert site.count(SignIn) == 1


def test_a_password_is_chosen_and_opens_the_door(site: Product) -> None:
    browser = site.signed_in()
    form = browser.get("/console/password")
    answer = browser.post("/console/password", data={"password": GOOD, "csrf_token": csrf_in(form.text)})
    assert answer.status_code == 303
    other = site.app.test_client()
    token = csrf_in(other.get("/console/sign-in").text)
    wrong = other.post(
        "/console/sign-in", data={"email": "linh@example.com", "password": "x" * 20, "csrf_token": token}
    )
    unknown = other.post(
        "/console/sign-in", data={"email": "no@example.com", "password": "x" * 20, "csrf_token": token}
    )
    assert wrong.status_code == unknown.status_code == 422
    right = other.post("/console/sign-in", data={"email": "Linh@example.com ", "password": GOOD, "csrf_token": token})
    assert right.status_code == 303
    assert other.get("/console/").status_code == 200


def test_signing_out_ends_the_session_for_a_stolen_cookie_too(site: Product) -> None:
    browser = site.signed_in()
    cookie = browser.get_cookie("capture_session", path="/console")
    assert cookie is not None
    browser.post("/console/sign-out", data={"csrf_token": csrf_in(browser.get("/console/").text)})
    thief = site.app.test_client()
    thief.set_cookie("capture_session", cookie.value, path="/console")
    assert thief.get("/console/").status_code == 303


def test_a_session_ends_by_itself(site: Product) -> None:
    browser = site.signed_in()
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=13)):
        assert browser.get("/console/").status_code == 303


def test_a_disabled_user_is_out_at_once(site: Product) -> None:
    browser = site.signed_in()
    with transaction() as write:
        write.execute(update(User).values(disabled_at=datetime.now(UTC)))
    assert browser.get("/console/").status_code == 303


def test_a_form_without_its_token_is_refused(site: Product) -> None:
    assert site.app.test_client().post("/console/sign-in", data={"email": "a", "password": "b"}).status_code == 400


@pytest.mark.parametrize(
    "password", ["short", "passwordpassword", "123456123456123456", "aaaaaaaaaaaaaaaaaaaa", "x" * 300]
)
def test_a_weak_password_is_refused_with_words(password: str) -> None:
    assert problem_with(password)


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "🐴🔋📎✅🌊🐘🌋🎈🎁🎄🎃🎏🎐🎀🎊", "mua 3 con cá ở chợ Đầm"]
)
def test_a_long_password_of_any_kind_will_do(password: str) -> None:
    assert problem_with(password) is None
    assert is_right(hashed(password), password)
    assert not is_right(None, password)
