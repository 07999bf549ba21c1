"""Signing outgoing messages: Standard Webhooks 1.0 (github.com/standard-webhooks), literally.

HMAC-SHA256 over `id.timestamp.body`, one signature per secret, so that a secret can be rotated.
"""

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
KEY_BYTES_MIN = 24
KEY_BYTES_MAX = 64
NEW_KEY_BYTES = 32
USER_AGENT = "Capture-Webhooks/1.0"
ADVICE = (
    f"A signing secret is '{PREFIX}' and {KEY_BYTES_MIN} to {KEY_BYTES_MAX} random bytes in base64; "
    "make one with: capture receiver --new-secret"
)


def signed_headers(message_id: str, at: datetime, *, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of one attempt, made at `at`; every secret that is still valid signs."""
    if not secrets:
        raise ValueError(f"There is no signing secret. {ADVICE}")
    if at.tzinfo is None:
        raise ValueError("the time of an attempt needs a time zone")
    timestamp = str(int(at.timestamp()))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return {
        "content-type": "application/json",
        "user-agent": USER_AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(key_of(secret), signed)}" for secret in secrets),
    }


def key_of(secret: str) -> bytes:
    """The key inside a secret. Raises ValueError with what to do; the secret itself stays out of logs."""
    if not secret:
        raise ValueError(f"The signing secret is empty. {ADVICE}")
    if not secret.startswith(PREFIX):
        raise ValueError(f"The signing secret does not begin with '{PREFIX}'. {ADVICE}")
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        raise ValueError(f"The signing secret is not base64 behind '{PREFIX}'. {ADVICE}") from None
    if not KEY_BYTES_MIN <= len(key) <= KEY_BYTES_MAX:
        raise ValueError(f"The signing secret has {len(key)} bytes. {ADVICE}")
    return key


def new_secret() -> str:
    """A new random secret."""
    return PREFIX + base64.b64encode(random.token_bytes(NEW_KEY_BYTES)).decode()


def _signature(key: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
