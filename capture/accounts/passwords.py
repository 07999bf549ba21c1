"""Passwords: Argon2id, and the rules of NIST SP 800-63B-4 (length, no composition rules, no known ones)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's second profile: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
SHORTEST, LONGEST = 15, 256
KNOWN = ("password", "matkhau", "123456", "qwerty", "abcdef", "letmein", "iloveyou", "nharang", "capture")
# Compared when there is no such user, so that both cases take the same time.
NOBODY = _hasher.hash("nobody has this password")


def hashed(password: str) -> str:
    return _hasher.hash(_normal(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one, the time is spent all the same."""
    try:
        right = _hasher.verify(password_hash or NOBODY, _normal(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def problem_with(password: str) -> str | None:
    """What is wrong with a new password, as an English text to translate; None when it will do."""
    if len(password) < SHORTEST:
        return "A password has 15 characters or more. Four words in a row are easy to remember."
    if len(password) > LONGEST:
        return "This password is too long: 256 characters at most."
    plain = password.casefold()
    for known in KNOWN:
        plain = plain.replace(known, "")
    if len(set(plain)) < 5:
        return "This password is too easy to guess."
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
