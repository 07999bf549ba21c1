"""Coupon codes: readable, unguessable, and no typing slip makes another one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture.offers.coupon_codes import ALPHABET, new_code, normal_code

bodies = st.text(ALPHABET, min_size=9, max_size=9)


def made(drawn: str, prefix: str = "HE") -> str:
    letters = iter(drawn)
    return new_code(prefix, lambda _alphabet: next(letters))


def test_a_code_has_no_look_alikes_and_knows_itself() -> None:
    code = new_code("HE")
    assert not set("01OIL") & set(code.removeprefix("HE-"))
    assert normal_code(f" {code.lower().replace('-', ' ')} ", "HE") == code


def test_codes_do_not_repeat() -> None:
    assert len({new_code("") for _ in range(5_000)}) == 5_000


@given(bodies, st.integers(0, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(drawn: str, place: int, letter: str) -> None:
    plain = made(drawn).replace("-", "").removeprefix("HE")
    wrong = plain[:place] + letter + plain[place + 1 :]
    assert (normal_code("HE" + wrong, "HE") is None) == (wrong != plain)


@given(bodies, st.integers(0, 8))
def test_two_swapped_characters_are_noticed(drawn: str, place: int) -> None:
    plain = made(drawn).replace("-", "").removeprefix("HE")
    wrong = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    assert (normal_code("HE" + wrong, "HE") is None) == (wrong != plain)


@given(st.text(max_size=40))
def test_no_text_breaks_the_check(text: str) -> None:
    assert normal_code(text, "HE") in (None, normal_code(text, "HE"))
