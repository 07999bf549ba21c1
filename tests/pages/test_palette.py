"""One brand colour becomes a palette that can be read: on a grid of 4,096 colours, on light and on dark pages."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.pages.palette import colour_of, fitted, lch_of, palette_of, ratio

WORDS = [("strong", 4.5), ("text", 8), ("muted", 4.6), ("link", 4.6), ("bad", 4.5), ("edge", 3.1)]
PAIRS = [(name, ground, bar) for name, bar in WORDS for ground in ("bg", "card", "tint")]
PAIRS += [("on", "accent", 4.5), ("on", "deep", 4.5), ("bad", "bad-soft", 4.5), ("rim", "bg", 3), ("rim", "card", 3)]
STEPS = range(0, 256, 17)


def test_no_pair_is_under_the_bar_for_any_brand_colour() -> None:
    under, kept = [], 0
    for red, green, blue in product(STEPS, repeat=3):
        brand = f"#{red:02x}{green:02x}{blue:02x}"
        for dark in (False, True):
            found = {name: colour_of(value) for name, value in palette_of(brand, dark).variables.items()}
            kept += found["accent"].hex == brand
            under += [(brand, dark, pair) for pair in PAIRS if ratio(found[pair[0]], found[pair[1]]) < pair[2]]
    assert under == []
    assert kept / 8192 > 0.965, "the brand itself is the button wherever words can stand on it"


@pytest.mark.parametrize(
    ("colour", "dark", "words"),
    [
        ("#1f5a41", False, []),
        ("#f2b632", False, ["its words are dark", "an edge that shows its shape", "stronger than on the button"]),
        ("#f2b632", True, ["its words are dark"]),
        ("#c0392b", False, ["close to that of errors"]),
        ("#111111", True, ["an edge that shows its shape", "stronger than on the button"]),
    ],
)
def test_the_marketer_is_told_what_was_changed(colour: str, dark: bool, words: list[str]) -> None:
    notes = palette_of(colour, dark).notes
    assert len(notes) == len(words), notes
    assert all(word in note for word, note in zip(words, notes, strict=True))


def test_the_ratios_are_those_of_the_palette() -> None:
    found = palette_of("#1f5a41", False)
    assert round(found.ratios["button"], 1) == 8.1
    assert found.ratios["text"] >= 8 and found.ratios["edge"] >= 3.1


@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))
def test_a_colour_comes_back_from_oklch_as_it_was(red: int, green: int, blue: int) -> None:
    colour = colour_of(f"#{red:02x}{green:02x}{blue:02x}")
    again = fitted(*lch_of(colour))
    assert max(abs(one - other) for one, other in zip(colour, again, strict=True)) <= 1
