"""Limits stop a script, not a campaign; Redis may die without anybody noticing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tests import services
from tests.products import Browser, Product, typed

STANDARD = Path(__file__).parents[1] / "site.yaml"


def shop(tmp_path: Path, **environment: str) -> Product:
    product = Product.made(tmp_path, f"sqlite:///{tmp_path}/capture.sqlite", RATE_LIMITS="on", **environment)
    with product.app.app_context():
        product.apply(STANDARD)
    return product


def post(browser: Browser, number: int, **headers: str) -> int:
    data = typed(email=f"p{number}@example.com", phone=None, name=f"P {number}")
    return browser.post(
        "/f/guide", data=data, headers=headers, environ_base={"REMOTE_ADDR": headers.pop("peer", "203.0.113.7")}
    ).status_code


@pytest.fixture
def one_moment() -> Iterator[None]:
    """A window of the limit must not end in the middle of a test."""
    with time_machine.travel(datetime(2026, 11, 24, 3, 0, 1, tzinfo=UTC), tick=False):
        yield


@pytest.mark.usefixtures("one_moment")
def test_thirty_people_behind_one_address_pass_and_a_script_does_not(tmp_path: Path) -> None:
    browser = shop(tmp_path).app.test_client()
    answers = [post(browser, number) for number in range(140)]
    assert set(answers[:30]) == {303}
    assert answers[-1] == 429
    refused = browser.post("/f/guide", data=typed(name="Ỷ Lan"), environ_base={"REMOTE_ADDR": "203.0.113.7"})
    assert refused.headers["Retry-After"]
    assert 'value="Ỷ Lan"' in refused.text, "what was typed is kept"
    assert post(browser, 999, peer="203.0.113.8") == 303


@pytest.mark.usefixtures("one_moment")
def test_an_ipv6_household_is_one_bucket_and_a_forged_header_is_none(tmp_path: Path) -> None:
    browser = shop(tmp_path).app.test_client()
    for number in range(130):
        browser.post("/f/call", data={}, environ_base={"REMOTE_ADDR": f"2001:db8:1:2::{number:x}"})
    headers = {"X-Forwarded-For": "198.51.100.1"}
    answer = browser.post(
        "/f/call", data={"phone": "0912345678"}, headers=headers, environ_base={"REMOTE_ADDR": "2001:db8:1:2::ffff"}
    )
    assert answer.status_code == 429
    assert (
        browser.post(
            "/f/call", data={"phone": "0912345678"}, environ_base={"REMOTE_ADDR": "2001:db8:1:3::1"}
        ).status_code
        == 303
    )


@pytest.mark.usefixtures("one_moment")
def test_behind_a_trusted_proxy_the_visitors_address_counts(tmp_path: Path) -> None:
    browser = shop(tmp_path, TRUSTED_PROXIES="10.0.0.0/8").app.test_client()
    for number in range(130):
        browser.post(
            "/f/call",
            data={},
            headers={"X-Forwarded-For": f"6.6.6.6, 198.51.100.{number}"},
            environ_base={"REMOTE_ADDR": "10.0.0.1"},
        )
    answer = browser.post(
        "/f/call",
        data={"phone": "0912345678"},
        headers={"X-Forwarded-For": "6.6.6.6, 198.51.100.200"},
        environ_base={"REMOTE_ADDR": "10.0.0.1"},
    )
    assert answer.status_code == 303


def test_limits_are_shared_through_redis(tmp_path: Path) -> None:
    url = services.redis_url()
    first = shop(tmp_path / "a", REDIS_URL=url).app.test_client()
    second = shop(tmp_path / "b", REDIS_URL=url).app.test_client()
    answers = [post((first, second)[number % 2], number, peer="203.0.113.99") for number in range(250)]
    assert 429 in answers, "neither of the two alone was asked more than 125 times"


def test_a_dead_redis_costs_no_lead(tmp_path: Path) -> None:
    server, url = services.start_redis()
    try:
        browser = shop(tmp_path, REDIS_URL=url).app.test_client()
        assert post(browser, 1) == 303
    finally:
        server.kill()
        server.wait()
    assert [post(browser, number) for number in range(2, 12)] == [303] * 10


@pytest.mark.parametrize("address", ["203.0.113.7", "::ffff:203.0.113.7"])
def test_one_client_is_one_bucket_in_either_notation(address: str) -> None:
    from capture.core.clients import bucket_of

    assert bucket_of(address) == "203.0.113.7"
