"""Passwords: Argon2id, and the rules of NIST SP 800-63B-4 (length, no composition rules, no known ones)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

# OWASP's second profile: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
SHORTEST, LONGEST = 15, 256
# Words that every list of guesses here begins with, beside the common passwords that zxcvbn brings.
KNOWN = ("matkhau", "mat khau", "capture", "admin", "landing", "lead", "marketing")
# What a guessing program tries before anything else: 10^10 tries are seconds against a stolen database.
FEWEST_GUESSES = 10**10
LOOKED_AT = 72


def hashed(password: str) -> str:
    return _hasher.hash(_normal(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Whether the password belongs to the hash; without one, the time is spent all the same."""
    try:
        right = _hasher.verify(password_hash or _nobody(), _normal(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


@cache
def _nobody() -> str:
    """Compared when there is no such user, so that both cases take the same time."""
    return _hasher.hash("nobody has this password")


def problem_with(password: str, about: Iterable[str] = ()) -> str | None:
    """What is wrong with a new password, as an English text to translate; None when it will do.

    `about` is what everybody knows of its owner: name, email, the site. A password made of that is none.
    """
    if len(password) < SHORTEST:
        return "A password has 15 characters or more. Four words in a row are easy to remember."
    if len(password) > LONGEST:
        return "This password is too long: 256 characters at most."
    words = _words(about)
    if len(set(password)) < 5 or _is_made_of(words, password) or _guesses(password, words) < FEWEST_GUESSES:
        return "This password is too easy to guess."
    return None


def _words(about: Iterable[str]) -> list[str]:
    """What a guess begins with, without marks, the longest first."""
    parts = (word for text in (*KNOWN, *about) for word in (text, *re.split(r"[\W_]+", text)))
    return sorted({_plain(word) for word in parts if len(word) > 2}, key=len, reverse=True)


def _is_made_of(words: Iterable[str], password: str) -> bool:
    """Known words and nothing else but figures and signs: `linh-nguyen-2024`."""
    left = whole = _plain(password)
    for word in words:
        left = left.replace(word, "") if word else left
    return left != whole and len(re.sub(r"[\W\d_]", "", left)) < 4


def _guesses(password: str, words: Iterable[str]) -> float:
    """How many tries a good guessing program needs (D. Wheeler, USENIX Security 2016)."""
    found = zxcvbn(_normal(password)[:LOOKED_AT], user_inputs=list(words), max_length=LOOKED_AT)
    return float(found["guesses"])


def _plain(text: str) -> str:
    """`Nguyễn` → `nguyen`."""
    folded = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    return "".join(one for one in folded if not unicodedata.combining(one))


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
