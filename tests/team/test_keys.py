"""API keys: chosen scopes, shown once, ended by date or by hand."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.accounts.models import ApiToken, AuditEntry
from capture.core.clock import now
from tests.attacks.hostile import JSON_URL
from tests.colleagues import hired, post, signed_in
from tests.products import Product, typed

KEYS = "/console/keys"


@pytest.fixture
def admin(site: Product) -> FlaskClient:
    hired(site)
    return signed_in(site)


def made(admin: FlaskClient, **values: object) -> str:
    answer = post(admin, KEYS, **{"name": "shop", "scope": ["submissions:write"], "lifetime": "", **values})
    found = re.search(r"<code>(cap_[\w-]+)</code>", answer.text)
    assert found, answer.text
    return found[1]


def opens(product: Product, key: str) -> bool:
    head = {"Authorization": f"Bearer {key}"}
    return product.app.test_client().post(JSON_URL, json={"fields": typed()}, headers=head).status_code == 201


def test_a_key_is_shown_once_and_opens_what_was_chosen(site: Product, admin: FlaskClient) -> None:
    key = made(admin)
    assert key not in admin.get(KEYS).text
    assert opens(site, key)
    lead = site.app.test_client().get("/api/v1/leads/x", headers={"Authorization": f"Bearer {key}"})
    assert lead.status_code == 403
    (entry,) = site.rows(AuditEntry, action="token.create")
    assert key not in str(entry.details)


def test_a_key_ends_by_hand_or_by_date(site: Product, admin: FlaskClient) -> None:
    by_hand, by_date = made(admin), made(admin, lifetime="30")
    first = site.rows(ApiToken)[0]
    assert post(admin, f"{KEYS}/{first.id}/revocation").status_code == 303
    assert not opens(site, by_hand)
    assert opens(site, by_date)
    with time_machine.travel(now() + timedelta(days=31)):
        assert not opens(site, by_date)
    assert post(admin, f"{KEYS}/x/revocation").status_code == 404


def test_the_last_use_is_noted_once_a_minute(site: Product, admin: FlaskClient) -> None:
    key = made(admin)
    assert site.rows(ApiToken)[0].last_used_at is None
    opens(site, key)
    first = site.rows(ApiToken)[0].last_used_at
    opens(site, key)
    assert site.rows(ApiToken)[0].last_used_at == first
    with time_machine.travel(now() + timedelta(seconds=61)):
        opens(site, key)
    assert site.rows(ApiToken)[0].last_used_at > first


def test_a_key_without_sense_is_refused(site: Product, admin: FlaskClient) -> None:
    for values in ({"name": ""}, {"scope": []}, {"scope": ["admin"]}, {"lifetime": "7"}, {"name": "x" * 100}):
        whole = {"name": "shop", "scope": ["leads:read"], "lifetime": "", **values}
        assert post(admin, KEYS, **whole).status_code == 422, values
    assert site.count(ApiToken) == 0
