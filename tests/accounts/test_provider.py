"""Signing in with an identity provider, against a real one that can lie."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import update

from capture.accounts import issuer as issuer_room
from capture.accounts.models import IssuerVisit, User
from capture.core.clock import now
from capture.core.transactions import transaction
from tests.colleagues import code_now, hired, post, signed_in, user, with_factor
from tests.products import Product
from tests.provider import CLIENT, SECRET, Provider, provider

AN = "an@example.com"


@pytest.fixture
def idp(site: Product) -> Iterator[Provider]:
    """A provider, and the product set to use it."""
    before = site.app.config["SETTINGS"]
    with provider() as made:
        site.app.extensions.pop(issuer_room.EXTENSION, None)
        own = {"oidc_issuer": made.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        allow = frozenset({f"127.0.0.1:{made.port}"})
        site.app.config["SETTINGS"] = replace(before, **own, egress_allow=allow, oidc_name="Nhà Rang ID")
        yield made
    site.app.config["SETTINGS"] = before


def with_role(product: Product, role: str) -> None:
    product.app.config["SETTINGS"] = replace(product.app.config["SETTINGS"], oidc_role=role)


def leave(browser: FlaskClient) -> str:
    answer = browser.get("/console/oidc")
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


def come_back(browser: FlaskClient, idp: Provider, address: str = "", **person: Any) -> Any:
    address = address or leave(browser)
    code = idp.visited(address, **person)
    return browser.get("/console/oidc/answer", query_string={"code": code, "state": state_of(address)})


def test_somebody_who_was_invited_comes_in_and_is_known_from_then_on(site: Product, idp: Provider) -> None:
    hired(site, AN, "marketer")
    browser = site.app.test_client()
    assert "Nhà Rang ID" in browser.get("/console/sign-in").text
    assert come_back(browser, idp).headers["Location"] == "/console/"
    assert browser.get("/console/").status_code == 200
    idp.algorithm = "RS256"
    assert come_back(site.app.test_client(), idp, email="renamed@example.com").status_code == 303
    assert site.count(User) == 1, "the key counts, not the address that may have changed"


def test_the_address_carries_state_nonce_and_a_challenge(site: Product, idp: Provider) -> None:
    query = parse_qs(urlsplit(leave(site.app.test_client())).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["redirect_uri"] == ["http://localhost/console/oidc/answer"]
    assert {"state", "nonce", "code_challenge"} <= query.keys()
    assert idp.calls == ["/.well-known/openid-configuration"]


def test_who_was_not_invited_stays_out_unless_a_role_is_set_for_new_people(site: Product, idp: Provider) -> None:
    refused = come_back(site.app.test_client(), idp)
    assert refused.status_code == 422
    assert site.count(User) == 0
    with_role(site, "viewer")
    assert come_back(site.app.test_client(), idp).status_code == 303
    assert (user(site, AN).role, user(site, AN).name) == ("viewer", "An")


def test_a_disabled_colleague_stays_out_and_a_second_factor_is_still_asked_for(site: Product, idp: Provider) -> None:
    hired(site, AN, "marketer")
    secret, _codes = with_factor(signed_in(site, AN))
    browser = site.app.test_client()
    assert come_back(browser, idp).headers["Location"] == "/console/sign-in/code"
    assert (
        post(browser, "/console/sign-in/code", seen_at="/console/sign-in/code", code=code_now(secret, 30)).status_code
        == 303
    )
    with transaction() as write:
        write.execute(update(User).values(disabled_at=now()))
    assert come_back(site.app.test_client(), idp).status_code == 422


def test_an_address_that_went_to_a_new_person_does_not_open_the_old_account(site: Product, idp: Provider) -> None:
    hired(site, AN)
    assert come_back(site.app.test_client(), idp).status_code == 303
    with_role(site, "viewer")
    assert come_back(site.app.test_client(), idp, sub="78").status_code == 422
    assert site.count(User) == 1


def test_a_state_is_good_once_and_only_in_the_browser_that_left(site: Product, idp: Provider) -> None:
    hired(site, AN)
    browser, thief = site.app.test_client(), site.app.test_client()
    address = leave(browser)
    cookie = browser.get_cookie("capture_session", path="/console")
    assert cookie is not None
    assert come_back(thief, idp, address).status_code == 422
    assert thief.get("/console/").status_code == 303
    assert come_back(browser, idp, address).status_code == 303
    replayed = site.app.test_client()
    replayed.set_cookie("capture_session", cookie.value, path="/console")
    assert come_back(replayed, idp, address).status_code == 422, "with the old cookie too"
    assert site.count(IssuerVisit) == 0
    for query in ({}, {"state": "x"}, {"code": "x"}, {"state": "\x00", "code": "\x00"}, {"error": "access_denied"}):
        assert site.app.test_client().get("/console/oidc/answer", query_string=query).status_code == 422


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "another client": {"aud": "somebody else"},
    "several clients, made for another": {"aud": [CLIENT, "other"], "azp": "other"},
    "another nonce": {"nonce": "x"},
    "no nonce": {"nonce": None},
    "over": {"exp": 1_000_000_000},
    "no end": {"exp": None},
    "not verified": {"email_verified": False},
    "verified in words": {"email_verified": "true"},
    "no email": {"email": None},
    "no email at all": {"email": "x"},
    "a list of emails": {"email": [AN]},
    "nobody": {"sub": None},
    "a list of subjects": {"sub": ["77"]},
}


def test_a_token_that_lies_opens_nothing(site: Product, idp: Provider) -> None:
    hired(site, AN)
    answers = {}
    for name, lies in LIES.items():
        idp.lies = lies
        browser = site.app.test_client()
        answers[name] = (come_back(browser, idp).status_code, browser.get("/console/").status_code)
    assert answers == dict.fromkeys(LIES, (422, 303))


def test_a_token_that_is_signed_otherwise_opens_nothing(site: Product, idp: Provider) -> None:
    hired(site, AN)
    for algorithm in ("none", "HS256"):  # HS256 with the public keys as its secret
        idp.algorithm = algorithm
        assert come_back(site.app.test_client(), idp).status_code == 422
    idp.algorithm, idp.key = "ES256", ECKey.generate_key("P-256", {"kid": "ec"})
    assert come_back(site.app.test_client(), idp).status_code == 422
    idp.key = None
    assert come_back(site.app.test_client(), idp).status_code == 303


def test_new_keys_of_the_provider_are_fetched(site: Product, idp: Provider) -> None:
    hired(site, AN)
    assert come_back(site.app.test_client(), idp).status_code == 303
    idp.keys["ES256"] = ECKey.generate_key("P-256", {"kid": "newer", "use": "sig"})
    assert come_back(site.app.test_client(), idp).status_code == 303


def test_a_provider_that_is_away_or_calls_itself_otherwise_is_told_in_words(site: Product, idp: Provider) -> None:
    idp.discovery = {"issuer": "https://evil.example"}
    answer = site.app.test_client().get("/console/oidc")
    assert answer.status_code == 422
    assert "evil.example" not in answer.text
    settings = site.app.config["SETTINGS"]
    site.app.config["SETTINGS"] = replace(settings, egress_allow=frozenset())
    site.app.extensions.pop(issuer_room.EXTENSION)
    assert site.app.test_client().get("/console/oidc").status_code == 422, "a private address that nobody allowed"
    idp.discovery = {"authorization_endpoint": "http://evil.example/sign-in"}
    site.app.config["SETTINGS"] = settings
    assert site.app.test_client().get("/console/oidc").status_code == 422, "the password would go unencrypted"


def test_without_a_provider_there_is_no_such_door(site: Product) -> None:
    assert site.app.test_client().get("/console/oidc").headers["Location"] == "/console/sign-in"
    assert "/console/oidc" not in site.app.test_client().get("/console/sign-in").text
