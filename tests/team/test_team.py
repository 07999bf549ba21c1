"""Colleagues: invited by mail, given roles, let go; the last admin stays."""

from __future__ import annotations

import contextvars
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.accounts import colleagues
from capture.accounts.models import AuditEntry, SignIn, User
from capture.accounts.roles import PERMISSIONS, ROLES, SCOPES
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import Conflict
from capture.core.transactions import transaction
from capture.mailing.models import Mail
from capture.team.words import GROUPS, WORDS
from tests.colleagues import LINH, hired, link_of_newest_mail, post, signed_in, user, with_factor
from tests.products import Product

MINH = "minh@example.com"


@pytest.fixture
def admin(site: Product) -> FlaskClient:
    hired(site)
    return signed_in(site)


def invite(admin: FlaskClient, email: str = MINH, role: str = "marketer", locale: str = "vi") -> Any:
    return post(admin, "/console/team/invitations", email=email, role=role, locale=locale)


def order(admin: FlaskClient, product: Product, email: str, deed: str, **values: str) -> Any:
    return post(admin, f"/console/team/{user(product, email).id}/{deed}", **values)


def test_a_colleague_is_invited_and_comes_in_by_the_link_of_the_mail(site: Product, admin: FlaskClient) -> None:
    assert invite(admin, " Minh@Example.com ").status_code == 303
    mail = site.rows(Mail, recipient=MINH)[0]
    assert "Linh Nguyễn mời bạn vào Nhà Thử" in mail.subject
    path, browser = link_of_newest_mail(site, MINH), site.app.test_client()
    assert "Nhận lời mời" in browser.get(path, headers={"Accept-Language": "vi"}).text
    assert site.count(SignIn) == 1, "a look uses nothing up"
    assert post(browser, path, seen_at=path).headers["Location"] == "/console/password"
    assert browser.get("/console/leads").status_code == 200
    assert browser.get("/console/team").status_code == 403
    assert 'lang="vi"' in browser.get("/console/", headers={"Accept-Language": "en"}).text, (
        "the language of the invitation"
    )
    assert user(site, MINH).joined_at is not None
    (entry,) = site.rows(AuditEntry, action="user.invite")
    assert (entry.actor, entry.subject, entry.details["after"]["role"]) == (LINH, MINH, "marketer")


WRONG = (
    {"email": "x"},
    {"email": LINH},
    {"role": "owner"},
    {"role": ""},
    {"locale": "fr"},
    {"email": "a\r\nBcc: b@x.vn"},
)


def test_a_wrong_invitation_is_refused_at_its_field_and_keeps_what_was_typed(site: Product, admin: FlaskClient) -> None:
    for typed in WRONG:
        answer = invite(admin, **typed)
        assert answer.status_code == 422, typed
        assert 'class="error"' in answer.text
        assert str(typed.get("email", MINH)).split("\r")[0] in answer.text
    assert (site.count(User), site.count(Mail)) == (1, 0)


def test_an_invitation_lasts_seven_days_and_a_newer_one_replaces_it(site: Product, admin: FlaskClient) -> None:
    invite(admin)
    first = link_of_newest_mail(site, MINH)
    assert order(admin, site, MINH, "invitation").status_code == 303
    second, browser = link_of_newest_mail(site, MINH), site.app.test_client()
    assert browser.get(first).status_code == 410
    with time_machine.travel(now() + timedelta(days=6, hours=23)):
        assert browser.get(second).status_code == 200
    with time_machine.travel(now() + timedelta(days=7, minutes=1)):
        assert browser.get(second).status_code == 410
    order(admin, site, MINH, "disabling")
    assert browser.get(second).status_code == 410, "nor for somebody who is out again"


def test_a_role_counts_from_the_next_click_and_who_is_disabled_is_out_at_once(
    site: Product, admin: FlaskClient
) -> None:
    hired(site, MINH, "marketer")
    minh = signed_in(site, MINH)
    assert minh.get("/console/keys").status_code == 403
    order(admin, site, MINH, "role", role="admin")
    assert minh.get("/console/keys").status_code == 200
    order(admin, site, MINH, "disabling")
    assert minh.get("/console/").status_code == 303
    assert site.count(SignIn, user_id=user(site, MINH).id) == 0
    order(admin, site, MINH, "enabling")
    assert signed_in(site, MINH).get("/console/keys").status_code == 200
    actions = [one.action for one in site.rows(AuditEntry) if one.subject == MINH and one.actor == LINH]
    assert actions == ["user.role", "user.disable", "user.enable"]


def test_somebody_who_is_removed_leaves_only_the_audit_log(site: Product, admin: FlaskClient) -> None:
    hired(site, MINH, "marketer")
    minh = signed_in(site, MINH)
    with_factor(minh)
    assert order(admin, site, MINH, "removal").headers["Location"] == "/console/team"
    assert minh.get("/console/").status_code == 303
    assert site.count(User, email=MINH) == 0
    assert site.count(AuditEntry, actor=MINH) > 0
    assert invite(admin).status_code == 303, "and may be invited anew"


def test_a_lost_phone_is_forgotten_by_an_admin_and_its_owner_hears_of_it(site: Product, admin: FlaskClient) -> None:
    hired(site, MINH, "marketer")
    with_factor(signed_in(site, MINH))
    order(admin, site, MINH, "factor-removal")
    assert signed_in(site, MINH).get("/console/").status_code == 200
    assert site.rows(Mail, recipient=MINH)[-1].kind == "factor_off"


def test_the_last_admin_stays(site: Product, admin: FlaskClient) -> None:
    invite(admin, MINH, "admin")  # who never came in lets nobody in
    for deed, values in (("role", {"role": "viewer"}), ("disabling", {}), ("removal", {})):
        assert order(admin, site, LINH, deed, **values).status_code == 303
        assert "last admin" in admin.get("/console/team").text
        assert (user(site).role, user(site).disabled_at) == ("admin", None)
    hired(site, "phuc@example.com")
    order(admin, site, LINH, "role", role="viewer")
    assert user(site).role == "viewer"


def test_two_admins_who_demote_each_other_at_once_do_not_both_succeed(site: Product) -> None:
    first, second = hired(site), hired(site, MINH)
    deeds = [
        (colleagues.disable, first),
        (colleagues.disable, second),
        (colleagues.remove, first),
        (colleagues.remove, second),
    ]
    deeds += [(_demote, first), (_demote, second)]

    def do(deed: Any, target: str) -> bool:
        with site.app.app_context():
            try:
                with transaction() as write:
                    deed(write, target, by="race", at=now())
            except Exception as error:
                return isinstance(error, Conflict)
            finally:
                db.session.remove()
        return True

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: contextvars.Context().run(do, *one), deeds))
    assert site.count(User, role="admin", disabled_at=None) >= 1


def _demote(write: Any, user_id: str, **who: Any) -> None:
    colleagues.change_role(write, user_id, "viewer", **who)


def test_everything_has_its_word_and_its_place_on_the_page_of_permissions(site: Product, admin: FlaskClient) -> None:
    firsts = [first for group in GROUPS.values() for first in group]
    assert {key.split(".")[0] for key in PERMISSIONS} == set(firsts)
    assert PERMISSIONS.keys() == WORDS["permission"].keys()
    assert set(SCOPES) == WORDS["scope"].keys()
    assert set(ROLES) == WORDS["role"].keys() == WORDS["role_about"].keys()
    page = admin.get("/console/team/permissions").text
    assert page.count("yes</span>") == sum(len(roles) for roles in PERMISSIONS.values())


def test_operators_list_and_disable_people(site: Product, admin: FlaskClient) -> None:
    run = site.app.test_cli_runner()
    from capture.accounts.commands import token as tokens
    from capture.accounts.commands import user as users

    hired(site, MINH, "viewer")
    assert MINH in run.invoke(users, ["list"]).output
    assert run.invoke(users, ["disable", MINH]).exit_code == 0
    assert "disabled" in run.invoke(users, ["list"]).output
    assert run.invoke(users, ["disable", LINH]).exit_code == 1, "the last admin"
    assert "/console/sign-in/" in run.invoke(users, ["link", LINH]).output
    made = run.invoke(tokens, ["create", "till", "--scope", "coupons:redeem"]).output
    assert made.startswith("cap_")
    key_id = run.invoke(tokens, ["list"]).output.split()[0]
    assert run.invoke(tokens, ["revoke", key_id]).exit_code == 0
    assert "till" not in run.invoke(tokens, ["list"]).output
    assert run.invoke(tokens, ["revoke", key_id]).exit_code == 1
