"""An experiment in which nothing differs names no winner, however often one looks; a real difference is found."""

from __future__ import annotations

import random
from itertools import accumulate

import pytest

from capture.pages.experiments.allocation import thousandths, variant_of
from capture.reports.experiments.adapt import LEAST_SHARE, shares_of
from capture.reports.experiments.statistics import (
    chances_of_best,
    evidence,
    range_of_ratio,
    ratio_evidence,
    wilson,
)
from capture.reports.experiments.verdict import ERROR, GOALS, Cell, Verdict, verdict_of

EVEN = {1: {"a": 500, "b": 500}}


def looked_at(
    dice: random.Random, rates: dict[str, float], weights: dict[str, int], visitors: int, qualified: float = 0.3
) -> Verdict | None:
    """Somebody looks after every lead, from the hundredth visitor of each variant on, and takes the first winner."""
    keys, shares = sorted(rates), {1: thousandths(weights)}
    edges = list(accumulate(shares[1][key] / 1000 for key in keys))
    counts = {key: [0, 0, 0] for key in keys}
    for _ in range(visitors):
        place = dice.random()
        key = keys[sum(place >= edge for edge in edges[:-1])]
        arm = counts[key]
        arm[0] += 1
        if dice.random() >= rates[key]:
            continue
        arm[1] += 1
        arm[2] += dice.random() < qualified
        if _may_be_told(counts, shares[1], key):
            found = verdict_of([Cell(one, 1, *counts[one]) for one in keys], shares, is_fixed=False, days=1)
            if found.state == "winner":
                return found
    return None


def _may_be_told(counts: dict[str, list[int]], shares: dict[str, int], changed: str) -> bool:
    """The verdict's own bar, asked first because the whole verdict takes a hundred times as long."""
    error = ERROR / len(GOALS) / (len(counts) - 1)
    for goal in (1, 2):
        for key in counts if changed == "a" else changed:
            if key != "a":
                block = (counts[key][goal], counts["a"][goal], shares[key] / 1000, shares["a"] / 1000)
                if evidence([block]) >= 1 / error:
                    return True
    return False


def test_nothing_differs_and_no_winner_is_named_beyond_the_stated_rate() -> None:
    dice, tests = random.Random(20261127), 2_400
    false = 0
    for number in range(tests):
        rate, weights = ((0.08, {"a": 50, "b": 50}), (0.2, {"a": 90, "b": 10}))[number % 2]
        false += looked_at(dice, {"a": rate, "b": rate}, weights, 600) is not None
    assert false / tests <= ERROR
    assert false > 0, "a test that never errs has no power either"


def test_five_variants_share_one_error() -> None:
    dice, keys = random.Random(5), "abcde"
    false = sum(
        looked_at(dice, dict.fromkeys(keys, 0.2), dict.fromkeys(keys, 1), 1_200) is not None for _ in range(300)
    )
    assert false / 300 <= ERROR


def test_a_real_difference_is_found() -> None:
    dice = random.Random(7)
    found = [looked_at(dice, {"a": 0.06, "b": 0.10}, {"a": 1, "b": 1}, 5_000) for _ in range(100)]
    winners = [one.winner for one in found if one]
    assert len(winners) >= 90
    assert winners.count("a") <= 1
    assert sum(1 for one in found if one and one.low <= 10 / 6 <= one.high) / len(winners) >= 0.9


def test_few_visitors_name_no_winner() -> None:
    cells = [Cell("a", 1, 99, 0, 0), Cell("b", 1, 120, 60, 60)]
    assert verdict_of(cells, EVEN, is_fixed=True, days=3).state == "few"


def test_qualified_leads_come_before_leads() -> None:
    cells = [Cell("a", 1, 5_000, 200, 120), Cell("b", 1, 5_000, 400, 40)]
    found = verdict_of(cells, EVEN, is_fixed=True, days=14)
    assert (found.state, found.goal, found.winner, found.against) == ("winner", "qualified", "a", "b")


def test_more_leads_win_where_their_worth_does_not_differ() -> None:
    found = verdict_of([Cell("a", 1, 5_000, 200, 5), Cell("b", 1, 5_000, 330, 6)], EVEN, is_fixed=True, days=14)
    assert (found.goal, found.winner) == ("leads", "b")


def test_lost_visitors_are_told_and_name_no_winner() -> None:
    cells = [Cell("a", 1, 10_000, 200, 5), Cell("b", 1, 8_800, 500, 60)]
    assert verdict_of(cells, EVEN, is_fixed=True, days=14).state == "ratio"
    assert verdict_of(cells, EVEN, is_fixed=False, days=14).state == "winner"


def test_visitors_that_came_as_asked_raise_no_alarm_in_a_thousand_days_of_looking() -> None:
    dice, alarms = random.Random(3), 0
    for _ in range(300):
        counts = {"a": 0, "b": 0}
        for _ in range(100):
            for _ in range(40):
                counts["ab"[dice.random() < 0.5]] += 1
            if ratio_evidence(counts, EVEN[1]) >= 1_000:
                alarms += 1
                break
    assert alarms <= 2


def test_what_hardly_differs_is_said_to() -> None:
    cells = [Cell("a", 1, 20_000, 1_000, 300), Cell("b", 1, 20_000, 1_003, 301)]
    assert verdict_of(cells, EVEN, is_fixed=True, days=20).state == "hardly"


def test_how_long_it_may_take() -> None:
    found = verdict_of([Cell("a", 1, 300, 15, 5), Cell("b", 1, 300, 24, 8)], EVEN, is_fixed=True, days=4)
    assert found.state == "open"
    assert found.days is not None and 4 < found.days < 60


def test_evidence_adds_up_over_changed_weights() -> None:
    whole = evidence([(60, 40, 0.5, 0.5)])
    parts = evidence([(30, 20, 0.5, 0.5), (30, 20, 0.5, 0.5)])
    assert parts == pytest.approx(whole)
    assert evidence([(90, 10, 0.9, 0.1)]) < 1 < evidence([(90, 10, 0.5, 0.5)])


def test_nothing_is_known_of_nothing() -> None:
    assert evidence([]) == pytest.approx(1)
    assert range_of_ratio([], 0.05) == (0.01, 100.0)
    assert wilson(0, 0) == (0.0, 1.0)
    assert verdict_of([], {}, is_fixed=True, days=0).state == "nobody"


def test_the_chance_of_being_best() -> None:
    assert chances_of_best({"a": (0, 0), "b": (0, 0)})["a"] == pytest.approx(0.5)
    many = chances_of_best({"a": (50, 1_000), "b": (70, 1_000), "c": (40, 1_000)})
    assert sum(many.values()) == pytest.approx(1)
    assert many["b"] > 0.95 > many["a"] > many["c"]


def test_adaptive_shares_leave_nobody_out() -> None:
    assert shares_of({"a": (2, 50), "b": (4, 50)}) is None
    shares = shares_of({"a": (10, 1_000), "b": (90, 1_000), "c": (12, 1_000)})
    assert shares == {"a": LEAST_SHARE, "b": 900, "c": LEAST_SHARE}


def test_thousandths_sum_to_a_thousand() -> None:
    dice = random.Random(1)
    for _ in range(300):
        weights = {key: dice.randint(1, 1_000) for key in "abcde"[: dice.randint(2, 5)]}
        shares = thousandths(weights)
        assert sum(shares.values()) == 1_000
        assert all(abs(shares[key] - 1_000 * weights[key] / sum(weights.values())) < 1 for key in weights)


def test_visitors_fall_to_variants_by_their_shares() -> None:
    shares = {"a": 500, "b": 300, "c": 200}
    counts = dict.fromkeys(shares, 0)
    for number in range(20_000):
        counts[variant_of(f"visitor-{number:014d}", "salt", shares)] += 1
    assert ratio_evidence(counts, shares) < 1
