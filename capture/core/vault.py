"""Secrets that we must be able to read again, sealed with the installation's key (Fernet; the key by HKDF-SHA256)."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

from capture.core import signing


def sealed(purpose: str, secret: str) -> str:
    """The secret as a text that only this installation can open, for this purpose only."""
    return _vault(purpose).encrypt(secret.encode()).decode()


def unsealed(purpose: str, text: str) -> str | None:
    """The secret; None when it was sealed with a key that is gone, or is no sealed text at all."""
    try:
        return _vault(purpose).decrypt(text.encode()).decode()
    except (InvalidToken, UnicodeError):
        return None


def _vault(purpose: str) -> MultiFernet:
    """The newest key seals; the one before it still opens."""
    keys: list[str] = current_app.extensions[signing.EXTENSION]
    return MultiFernet([Fernet(_key(purpose, key)) for key in reversed(keys)])


def _key(purpose: str, key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"capture.vault.{purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(key.encode()))
