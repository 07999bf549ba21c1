"""Coupon codes: unguessable, readable aloud, and self-checking.

31 characters without look-alikes (no 0 O 1 I L); 9 drawn ones give 31^9 codes, the tenth checks them. The check is
a weighted sum modulo 31: because 31 is prime it catches every single wrong character and every swap of two
different ones, which the usual Luhn sum modulo 31 does not.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
DRAWN = 9
GROUP = 5


def new_code(prefix: str, choose: Callable[[str], str] = secrets.choice) -> str:
    """`HE-7K4MQ-2XW9P`: the prefix, then two groups, the last character being the check."""
    drawn = "".join(choose(ALPHABET) for _ in range(DRAWN))
    body = drawn + _check(drawn)
    groups = [body[start : start + GROUP] for start in range(0, len(body), GROUP)]
    return "-".join([prefix, *groups] if prefix else groups)


def sample_code(prefix: str) -> str:
    """Always the same one, to show how codes look."""
    places = itertools.count(5, 12)
    return new_code(prefix, lambda letters: letters[next(places) % len(letters)])


def normal_code(typed: str, prefix: str) -> str | None:
    """A code as somebody typed it, in its normal form; None when it cannot be one of ours."""
    plain = "".join(character for character in typed.upper() if character.isalnum())
    body = plain.removeprefix(prefix)
    if len(plain) - len(body) != len(prefix) or len(body) != DRAWN + 1 or set(body) - set(ALPHABET):
        return None
    if _check(body[:DRAWN]) != body[DRAWN]:
        return None
    groups = [body[start : start + GROUP] for start in range(0, len(body), GROUP)]
    return "-".join([prefix, *groups] if prefix else groups)


def _check(drawn: str) -> str:
    total = sum(weight * ALPHABET.index(character) for weight, character in enumerate(drawn, start=2))
    # The check character itself weighs 1, so that the whole sums to nought modulo 31.
    return ALPHABET[-total % len(ALPHABET)]
