"""Signatures, against the published vector and the official library."""

import base64
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from capture.delivery.signatures import key_of, new_secret, signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)
BODY = b'{"test": 2432232314}'
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"


def test_the_published_example_comes_out_exactly() -> None:
    assert signed_headers(ID, AT, body=BODY, secrets=[SECRET]) == {
        "content-type": "application/json",
        "user-agent": "Capture-Webhooks/1.0",
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


@settings(deadline=None)
@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1),
    st.text().map(str.encode),
    st.binary(min_size=24, max_size=64),
)
def test_the_official_library_verifies_what_we_sign(message_id: str, body: bytes, key: bytes) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    headers = signed_headers(message_id, datetime.now(UTC), body=body, secrets=[secret])
    Webhook(secret).verify(body, headers, json_parse=False)


@given(st.text().map(str.encode), st.integers(0, 2**32))
def test_the_official_library_signs_alike(body: bytes, seconds: int) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    ours = signed_headers(ID, at, body=body, secrets=[SECRET])["webhook-signature"]
    assert ours == Webhook(SECRET).sign(ID, at, body.decode())


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_changed_header_is_not_verified(changed: str) -> None:
    headers = signed_headers(ID, datetime.now(UTC), body=BODY, secrets=[SECRET])
    now = str(int(headers["webhook-timestamp"]) + 1)
    headers[changed] = now if changed == "webhook-timestamp" else headers[changed].replace("v1,", "v2,") + "x"
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers)


def test_while_a_secret_is_rotated_the_old_and_the_new_one_both_verify() -> None:
    old, new = new_secret(), new_secret()
    headers = signed_headers(ID, datetime.now(UTC), body=BODY, secrets=[new, old])
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        Webhook(secret).verify(BODY, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_the_time_is_the_attempts_in_whole_seconds_of_any_zone() -> None:
    hanoi = AT.astimezone(timezone(timedelta(hours=7))).replace(microsecond=999_999)
    assert signed_headers(ID, hanoi, body=BODY, secrets=[SECRET])["webhook-timestamp"] == "1614265330"


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        signed_headers(ID, AT.replace(tzinfo=None), body=BODY, secrets=[SECRET])


def test_signing_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="make one with"):
        signed_headers(ID, AT, body=BODY, secrets=[])


@pytest.mark.parametrize("size", [24, 25, 26, 32, 64])
def test_padding_may_be_missing(size: int) -> None:
    key = bytes(range(size))
    encoded = base64.b64encode(key).decode()
    assert key_of(f"whsec_{encoded}") == key_of("whsec_" + encoded.rstrip("=")) == key


@pytest.mark.parametrize(
    ("secret", "what"),
    [
        ("", "is empty"),
        ("whsec_", "has 0 bytes"),
        ("whsec_====", "has 0 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 23).decode(), "has 23 bytes"),
        ("whsec_" + base64.b64encode(b"x" * 65).decode(), "has 65 bytes"),
        ("whsec_not*base64!", "not base64"),
        ("whsec_" + "A" * 33, "not base64"),
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n", "not base64"),
        ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin"),
        (" whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "does not begin"),
        ("password", "does not begin"),
    ],
)
def test_a_weak_or_wrong_secret_is_refused_with_what_to_do_and_without_repeating_it(secret: str, what: str) -> None:
    with pytest.raises(ValueError, match=what) as caught:
        key_of(secret)
    assert "make one with" in str(caught.value)
    assert len(secret) < 8 or secret.strip() not in str(caught.value)


def test_new_secrets_are_usable_and_never_the_same() -> None:
    made = {new_secret() for _ in range(50)}
    assert len(made) == 50
    assert all(len(key_of(secret)) == 32 and re.fullmatch(r"whsec_[\w+/=]{44}", secret) for secret in made)
