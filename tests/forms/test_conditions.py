"""The condition language: three values, and clear words for what cannot be used."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.conditions import OPERATORS, holds, problems_with

FACTS = {
    "channel": "Paid Search",
    "page_views": 3,
    "answers.size": "Big",
    "phone.valid": True,
    "answers.tags": ["a", "Bee"],
}

CASES = [
    ({"fact": "channel", "eq": "paid search"}, True),
    ({"fact": "channel", "ne": "Email"}, True),
    ({"fact": "page_views", "gte": 3}, True),
    ({"fact": "page_views", "gt": 3}, False),
    ({"fact": "page_views", "lt": "10"}, True),
    ({"fact": "page_views", "lte": 2}, False),
    ({"fact": "phone.valid", "eq": True}, True),
    ({"fact": "phone.valid", "eq": 1}, False),
    ({"fact": "answers.size", "in": ["small", "big"]}, True),
    ({"fact": "answers.size", "not_in": ["small"]}, True),
    ({"fact": "answers.size", "contains": "IG"}, True),
    ({"fact": "answers.tags", "contains": "bee"}, True),
    ({"fact": "answers.size", "starts_with": "b"}, True),
    ({"fact": "answers.size", "gt": 1}, None),
    ({"fact": "answers.size", "present": True}, True),
    ({"fact": "answers.none", "absent": True}, True),
    ({"fact": "answers.none", "present": True}, False),
    ({"fact": "answers.none", "eq": "x"}, None),
    ({"fact": "answers.none", "ne": "x"}, None),
    ({"not": {"fact": "answers.none", "eq": "x"}}, None),
    ({"not": {"fact": "page_views", "gt": 3}}, True),
    ({"all": [{"fact": "page_views", "gte": 1}, {"fact": "answers.none", "eq": 1}]}, None),
    ({"all": [{"fact": "page_views", "gte": 9}, {"fact": "answers.none", "eq": 1}]}, False),
    ({"any": [{"fact": "page_views", "gte": 1}, {"fact": "answers.none", "eq": 1}]}, True),
    ({"any": [{"fact": "page_views", "gte": 9}, {"fact": "answers.none", "eq": 1}]}, None),
]


@pytest.mark.parametrize(("condition", "expected"), CASES)
def test_a_condition_is_true_false_or_unknown(condition: dict[str, object], expected: bool | None) -> None:
    assert problems_with(condition) == []
    assert holds(condition, FACTS) is expected


@pytest.mark.parametrize(
    ("condition", "path"),
    [
        ({}, ""),
        ("yes", ""),
        ({"fact": "colour", "eq": 1}, ".fact"),
        ({"fact": "channel"}, ""),
        ({"fact": "channel", "like": "x"}, ""),
        ({"fact": "channel", "eq": "x", "ne": "y"}, ""),
        ({"fact": "channel", "in": "x"}, ".in"),
        ({"fact": "page_views", "gte": "many"}, ".gte"),
        ({"fact": "channel", "present": False}, ".present"),
        ({"all": []}, ".all"),
        ({"any": [{"fact": "channel", "eq": "x"}], "fact": "channel"}, ""),
        ({"not": {"any": [{"fact": "nope", "eq": 1}]}}, ".not.any[0].fact"),
        ({"fact": "channel", "eq": None}, ".eq"),
        ({"fact": "email.vaild", "eq": True}, ".fact"),
        ({"fact": "phone.bogus", "eq": True}, ".fact"),
        ({"fact": "answers.", "present": True}, ".fact"),
        ({"fact": "page_views.", "gte": 1}, ".fact"),
        ({"fact": "touch.", "gte": 1}, ".fact"),
        ({"fact": "emails.valid", "eq": True}, ".fact"),
    ],
)
def test_a_wrong_condition_is_pointed_at(condition: object, path: str) -> None:
    assert [where for where, _text in problems_with(condition)] == [path]


def test_a_field_that_no_form_has_is_pointed_at() -> None:
    wrong = {"any": [{"fact": "answers.size", "eq": "big"}, {"not": {"fact": "answers.sise", "eq": "big"}}]}
    [(path, text)] = problems_with(wrong, answers={"size", "name"})
    assert (path, text) == (".any[1].not.fact", "no form has this field; allowed are name, size")


@given(
    st.sampled_from(OPERATORS), st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()), st.text()
)
def test_no_value_of_a_visitor_can_break_a_sound_condition(operator: str, measured: object, wanted: str) -> None:
    value: object = [wanted] if operator in {"in", "not_in"} else True if operator in {"present", "absent"} else wanted
    assert holds({"fact": "answers.x", operator: value}, {"answers.x": measured}) in (True, False, None)


def test_a_deep_nest_is_refused_before_it_is_evaluated() -> None:
    deep: dict[str, object] = {"fact": "channel", "eq": "x"}
    for _ in range(2_000):
        deep = {"not": deep}
    assert problems_with(deep)
