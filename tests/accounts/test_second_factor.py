"""The second factor: set up by a code, asked for at each sign-in, each code good once, recovery codes for a lost phone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from capture.accounts import second_factor
from capture.accounts.models import AuditEntry, RecoveryCode, SignIn
from capture.core import signing
from capture.core.clock import now
from capture.core.vault import sealed, unsealed
from capture.mailing.models import Mail
from tests.attacks.hostile import STANDARD
from tests.colleagues import LINH, PASSWORD, code_now, hired, post, signed_in, try_password, user, with_factor
from tests.products import Product

CODE = "/console/sign-in/code"
MINUTE = timedelta(minutes=1)


def test_a_code_is_asked_for_after_the_password_and_opens_the_door(site: Product) -> None:
    hired(site)
    secret, codes = with_factor(signed_in(site))
    assert len(set(codes)) == 10
    browser = site.app.test_client()
    assert try_password(browser).headers["Location"] == CODE
    assert browser.get("/console/").status_code == 303, "half a session opens nothing"
    with time_machine.travel(now() + MINUTE, tick=False):
        assert post(browser, CODE, seen_at=CODE, code=code_now(secret)).headers["Location"] == "/console/"
        assert browser.get("/console/").status_code == 200


def test_a_code_that_was_used_opens_nothing_a_second_time(site: Product) -> None:
    hired(site)
    secret, _codes = with_factor(signed_in(site))
    first, second = site.app.test_client(), site.app.test_client()
    with time_machine.travel(now() + MINUTE, tick=False):
        for browser in (first, second):
            try_password(browser)
        code = code_now(secret)
        assert post(first, CODE, seen_at=CODE, code=code).status_code == 303
        assert post(second, CODE, seen_at=CODE, code=code).status_code == 422
        assert post(second, CODE, seen_at=CODE, code=code_now(secret, -30)).status_code == 422, "nor an older one"


def test_five_wrong_codes_end_the_half_session(site: Product) -> None:
    hired(site)
    secret, _codes = with_factor(signed_in(site))
    browser = site.app.test_client()
    with time_machine.travel(now() + MINUTE, tick=False):
        try_password(browser)
        answers = [post(browser, CODE, seen_at=CODE, code="000000").status_code for _ in range(5)]
        assert answers == [422] * 5
        assert post(browser, CODE, seen_at=CODE, code=code_now(secret)).status_code == 422
        assert browser.get(CODE).status_code == 303, "back to the password"
        assert browser.get("/console/").status_code == 303


def test_half_a_session_ends_by_itself(site: Product) -> None:
    hired(site)
    secret, _codes = with_factor(signed_in(site))
    browser = site.app.test_client()
    try_password(browser)
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        assert post(browser, CODE, code=code_now(secret)).headers["Location"] == "/console/sign-in"


def test_a_recovery_code_works_once_and_its_owner_hears_of_it(site: Product) -> None:
    hired(site)
    _secret, codes = with_factor(signed_in(site))
    for expected in (303, 422):
        browser = site.app.test_client()
        try_password(browser)
        assert post(browser, CODE, seen_at=CODE, code=codes[3].upper()).status_code == expected
    assert [one.kind for one in site.rows(Mail, recipient=LINH)] == ["factor_on", "recovery_used"]
    assert site.count(AuditEntry, action="user.recovery_code") == 1
    assert not {one.digest for one in site.rows(RecoveryCode)} & set(codes)


def test_a_recovery_code_of_somebody_else_opens_nothing(site: Product) -> None:
    hired(site)
    hired(site, "phuc@example.com", "marketer")
    _secret, codes = with_factor(signed_in(site))
    with_factor(signed_in(site, "phuc@example.com"))
    browser = site.app.test_client()
    try_password(browser, "phuc@example.com")
    assert post(browser, CODE, seen_at=CODE, code=codes[0]).status_code == 422


def test_turning_it_off_or_making_new_codes_asks_for_the_password(site: Product) -> None:
    hired(site)
    browser = signed_in(site)
    _secret, codes = with_factor(browser)
    for path in ("removal", "recovery-codes"):
        assert post(browser, f"/console/account/second-factor/{path}", proof="x" * 20).status_code == 422
    assert user(site).factor_at is not None
    fresh = post(browser, "/console/account/second-factor/recovery-codes", proof=PASSWORD)
    assert fresh.status_code == 200
    assert codes[0] not in fresh.text
    assert post(browser, "/console/account/second-factor/removal", proof=PASSWORD).status_code == 303
    assert (user(site).factor_at, user(site).factor_secret, site.count(RecoveryCode)) == (None, None, 0)
    assert try_password(site.app.test_client()).headers["Location"] == "/console/"


def test_a_wrong_first_code_turns_nothing_on_and_the_secret_of_another_is_none(site: Product) -> None:
    hired(site)
    browser = signed_in(site)
    secret = second_factor.new_secret()
    mine, theirs = second_factor.offered(user(site).id, secret), second_factor.offered("somebody", secret)
    path = "/console/account/second-factor/confirmation"
    assert post(browser, path, secret=mine, code="000000").status_code == 422
    assert post(browser, path, secret=theirs, code=code_now(secret)).headers["Location"].endswith("/second-factor")
    assert user(site).factor_at is None


def test_a_role_that_needs_one_sets_it_up_before_anything_else_opens(site: Product) -> None:
    hired(site)
    hired(site, "phuc@example.com", "marketer")
    admin, phuc = signed_in(site), signed_in(site, "phuc@example.com")
    assert post(admin, "/console/team/factor-rule", role="marketer").status_code == 303
    for path in ("/console/", "/console/leads", "/console/account"):
        assert phuc.get(path).headers["Location"] == "/console/account/second-factor"
    with_factor(phuc)
    assert phuc.get("/console/").status_code == 200
    assert post(phuc, "/console/account/second-factor/removal", proof=PASSWORD).status_code == 409
    assert admin.get("/console/").status_code == 200, "the rule is for other roles"


def test_the_secret_is_sealed_and_an_older_key_still_opens_it(site: Product) -> None:
    hired(site)
    secret, _codes = with_factor(signed_in(site))
    kept = user(site).factor_secret
    assert kept
    assert secret not in kept
    keys = site.app.extensions[signing.EXTENSION]
    try:
        site.app.extensions[signing.EXTENSION] = [*keys, "a newer key that is long enough to be one"]
        assert unsealed(second_factor.PURPOSE, kept) == secret
        newer = sealed("x", "y")
        site.app.extensions[signing.EXTENSION] = keys
        assert unsealed("x", newer) is None
        assert unsealed("another purpose", kept) is None
    finally:
        site.app.extensions[signing.EXTENSION] = keys


def test_the_picture_has_no_inline_style(site: Product) -> None:
    picture = second_factor.picture_of(second_factor.address_of(second_factor.new_secret(), LINH, "Nhà Rang"))
    assert picture.startswith("<svg")
    assert "style=" not in picture


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[Product]:
    product = Product.made(
        tmp_path, f"sqlite:///{tmp_path}/capture.sqlite", RATE_LIMITS="on", TRUSTED_PROXIES="127.0.0.1"
    )
    with product.app.app_context():
        product.apply(STANDARD)
        yield product
    product.close()


def test_codes_and_passwords_of_one_account_cannot_be_guessed_from_many_addresses(limited: Product) -> None:
    hired(limited)
    with_factor(signed_in(limited))
    answers = []
    for number in range(16):
        browser, head = limited.app.test_client(), {"X-Forwarded-For": f"198.51.100.{number}"}
        first = post(browser, "/console/sign-in", headers=head, email=LINH, password=PASSWORD)
        if first.status_code == 303:
            answers += [post(browser, CODE, seen_at=CODE, headers=head, code="000000").status_code for _ in range(2)]
        else:
            answers.append(first.status_code)
    assert answers.count(422) <= 10
    assert answers[-1] == 429
    assert limited.count(SignIn, code_due_at=None) == 1
