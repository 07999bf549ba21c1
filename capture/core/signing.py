"""Signed, expiring texts for addresses. One salt per purpose, or one token would open another's door."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Flask, current_app
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner
from itsdangerous.encoding import base64_decode, base64_encode, int_to_bytes, want_bytes
from itsdangerous.signer import SigningAlgorithm

EXTENSION = "capture.keys"


class _Sha256(SigningAlgorithm):
    """HMAC that takes in each key once: the library does it for each signature."""

    def __init__(self) -> None:
        self._keyed: dict[bytes, hmac.HMAC] = {}

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        if key not in self._keyed:
            self._keyed[key] = hmac.new(key, digestmod="sha256")
        mac = self._keyed[key].copy()
        mac.update(value)
        return mac.digest()


_METHOD = {"digest_method": hashlib.sha256, "key_derivation": "hmac", "algorithm": _Sha256()}


class _SignedAt(TimestampSigner):
    """A signer whose time is given, so that the same thing signed again is the same text."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._derived: dict[bytes, bytes] = {}

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        """Derived once for each key: the library does it for each signature."""
        key = self.secret_keys[-1] if secret_key is None else want_bytes(secret_key)
        if key not in self._derived:
            self._derived[key] = super().derive_key(key)
        return self._derived[key]

    def sign_at(self, value: str, at: datetime) -> str:
        dated = f"{value}.{base64_encode(int_to_bytes(int(at.timestamp()))).decode()}"
        return f"{dated}.{self.get_signature(dated).decode()}"


def attach(app: Flask, key: str, old_key: str | None) -> None:
    """Remember the keys; the last one signs, all are accepted."""
    app.extensions[EXTENSION] = [old_key, key] if old_key else [key]


def signed(purpose: str, value: str, *, at: datetime) -> str:
    """`value` with the time and a signature, safe in an address."""
    return _signer(purpose).sign_at(value, at)


def opened(purpose: str, token: str, *, now: datetime, lifetime: timedelta) -> str | None:
    """The value, or None when it was forged, made for something else, or is too old."""
    try:
        value, made_at = _signer(purpose).unsign(token, return_timestamp=True)
    except (BadSignature, SignatureExpired, UnicodeError):
        return None
    if not _is_canonical(token):
        return None
    if not timedelta(minutes=-5) <= now - made_at.astimezone(UTC) <= lifetime:
        return None
    return value.decode()


def _is_canonical(token: str) -> bool:
    """The last character of a signature has spare bits: only the spelling that we gave out is ours."""
    signature = token.rsplit(".", 1)[1].encode()
    return bool(base64_encode(base64_decode(signature)) == signature)


def _signer(purpose: str) -> _SignedAt:
    kept: dict[str, _SignedAt] = current_app.extensions.setdefault(f"{EXTENSION}.signers", {})
    if purpose not in kept:
        keys, salt = current_app.extensions[EXTENSION], f"capture.{purpose}"
        kept[purpose] = _SignedAt(keys, salt=salt, **_METHOD)
    return kept[purpose]
