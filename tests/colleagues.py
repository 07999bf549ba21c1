"""People at the console as tests need them: with a password, at the second step, in several browsers."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pyotp
from flask.testing import FlaskClient
from sqlalchemy import update

from capture.accounts.colleagues import create_user
from capture.accounts.models import User
from capture.accounts.passwords import hashed
from capture.accounts.resets import answer_requests
from capture.core.clock import now
from capture.core.transactions import transaction
from capture.mailing.models import Mail
from tests.products import Product, csrf_in

PASSWORD = "bốn từ dễ nhớ lắm đấy"
LINH = "linh@example.com"


def hired(product: Product, email: str = LINH, role: str = "admin", password: str | None = PASSWORD) -> str:
    """A colleague's id."""
    with transaction() as write:
        user_id = create_user(write, email, role, name="Linh Nguyễn")
        write.execute(update(User).where(User.id == user_id).values(password_hash=_hash_of(password)))
    return user_id


@cache
def _hash_of(password: str | None) -> str | None:
    """Made once: Argon2 takes its time."""
    return hashed(password) if password else None


def signed_in(product: Product, email: str = LINH, password: str = PASSWORD) -> FlaskClient:
    browser = product.app.test_client()
    assert try_password(browser, email, password).status_code == 303
    return browser


def try_password(browser: FlaskClient, email: str = LINH, password: str = PASSWORD) -> Any:
    return post(browser, "/console/sign-in", email=email, password=password)


def post(browser: FlaskClient, path: str, *, seen_at: str = "", headers: Any = None, **values: Any) -> Any:
    """Press a button as its page would: with the token of this browser."""
    return browser.post(path, data={**values, "csrf_token": token_of(browser, seen_at)}, headers=headers)


def token_of(browser: FlaskClient, seen_at: str = "") -> str:
    """Some page of this browser has it: the given one, else the account's or the sign-in's."""
    for path in (seen_at, "/console/password", "/console/sign-in"):
        if path and 'name="csrf_token"' in (text := browser.get(path).text):
            return csrf_in(text)
    raise AssertionError("no page with a token")


def with_factor(browser: FlaskClient) -> tuple[str, list[str]]:
    """Set a second factor up; returns the secret and the recovery codes."""
    page = browser.get("/console/account/second-factor").text
    sealed = re.search(r'name="secret" value="([^"]+)"', page)
    shown = re.search(r'data-copy="([A-Z2-7]+)"', page)
    assert sealed
    assert shown
    path = "/console/account/second-factor/confirmation"
    answer = post(browser, path, secret=sealed[1], code=code_now(shown[1]))
    assert answer.status_code == 200, answer.text
    return shown[1], re.findall(r"<code data-code>([a-z2-7-]+)</code>", answer.text)


def code_now(secret: str, later: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(now().timestamp()) + later)


def link_of_newest_mail(product: Product, recipient: str = LINH) -> str:
    """The path that the newest mail to somebody leads to."""
    answer_requests()
    text = product.rows(Mail, recipient=recipient)[-1].text
    found = re.search(r"https?://[^/]+(/console/\S+)", text)
    assert found, text
    return found[1]


def user(product: Product, email: str = LINH) -> User:
    found: User = product.rows(User, email=email)[0]
    return found
