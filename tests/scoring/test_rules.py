"""Points with reasons that sum to the score."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from capture.scoring.facts import email_facts, phone_facts
from capture.scoring.rules import GROUPS, Model, Rule, Threshold, grade_of, score_card
from forms.conditions import CHECKS

ALWAYS = {"fact": "email.valid", "eq": True}


def model(*rules: tuple[str, int], caps: dict[str, int] | None = None) -> Model:
    made = tuple(Rule(f"r{n}", "label", group, ALWAYS, points) for n, (group, points) in enumerate(rules))
    return Model(
        "m", 1, made, {"mql": Threshold(45), "sql": Threshold(75, {"fact": "phone.valid", "eq": True})}, caps or {}
    )


@given(
    st.lists(st.tuples(st.sampled_from(GROUPS), st.integers(-100, 100)), max_size=12),
    st.dictionaries(st.sampled_from(GROUPS), st.integers(0, 50)),
)
def test_the_reasons_always_sum_to_the_score(rules: list[tuple[str, int]], caps: dict[str, int]) -> None:
    card = score_card(model(*rules, caps=caps), {"email.valid": True})
    assert sum(reason.points for reason in card.reasons) == card.points
    assert 0 <= card.points <= 100
    assert card == score_card(model(*rules, caps=caps), {"email.valid": True})


def test_a_cap_is_told_on_its_line() -> None:
    card = score_card(model(("behaviour", 30), ("behaviour", 20), caps={"behaviour": 40}), {"email.valid": True})
    assert [(reason.points, reason.lost) for reason in card.reasons] == [(30, 0), (10, 10)]


def test_a_rule_may_name_exactly_the_checks_that_are_made() -> None:
    made = {**email_facts("an@example.com"), "phone.valid": True, **phone_facts("+84912345678")}
    assert {family + one for family, names in CHECKS.items() for one in names} == set(made)


def test_the_scale_ends_are_balanced_by_a_limit_reason() -> None:
    assert score_card(model(("fit", 90), ("fit", 40)), {"email.valid": True}).reasons[-1].points == -30
    assert score_card(model(("quality", -20)), {"email.valid": True}).reasons[-1].points == 20


def test_grades_are_tenths_rounded_up_and_never_nought() -> None:
    assert [grade_of(points) for points in (0, 1, 10, 11, 100)] == [1, 1, 1, 2, 10]


def test_unknown_gives_no_points_and_no_stage() -> None:
    rules = model(("fit", 80))
    assert score_card(rules, {}).stage == "raw"
    assert score_card(rules, {"email.valid": True}).stage == "mql"
    assert score_card(rules, {"email.valid": True, "phone.valid": True}).stage == "sql"
    assert score_card(model(("fit", 44)), {"email.valid": True}).stage == "iql"
