"""Facts and rules → points with reasons. Same facts, same score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from forms.conditions import Facts, Test, holds, test_of

HIGHEST = 100
GROUP_NAMES = {
    "fit": "Fits who we look for",
    "firmographic": "Their company",
    "behaviour": "What they did",
    "social": "Social",
    "source": "Where they came from",
    "quality": "Quality of the data",
}
GROUPS = tuple(GROUP_NAMES)


@dataclass(frozen=True)
class Rule:
    name: str
    label: Any
    group: str
    when: Mapping[str, Any]
    points: int
    # What it asks and what it says on a receipt: the same for everybody, so they are made once.
    holds: Test = field(init=False, repr=False, compare=False)
    reason: Reason = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "holds", test_of(self.when))
        object.__setattr__(self, "reason", Reason(self.name, self.label, self.group, self.points))


@dataclass(frozen=True)
class Threshold:
    """The score, and what else must be true, for a stage."""

    score: int
    when: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Model:
    """A version of the rules; never changed once it has given a score."""

    id: str
    number: int
    rules: tuple[Rule, ...]
    stages: Mapping[str, Threshold]
    caps: Mapping[str, int]


@dataclass(frozen=True)
class Reason:
    """A line of the receipt: points after caps; `lost` is what a cap took."""

    rule: str
    label: Any
    group: str
    points: int
    lost: int = 0


@dataclass(frozen=True)
class ScoreCard:
    points: int
    grade: int
    reasons: tuple[Reason, ...]
    stage: str
    why: str


def score_card(model: Model, facts: Facts) -> ScoreCard:
    """The score of these facts. The reasons sum to it: a `limit` reason balances what 0 and 100 cut off."""
    earned = [rule.reason for rule in model.rules if rule.holds(facts)]
    reasons = _capped(earned, model.caps)
    total = sum(reason.points for reason in reasons)
    points = min(HIGHEST, max(0, total))
    if points != total:
        reasons.append(
            Reason("limit", {"en": "Limit of the scale", "vi": "Giới hạn thang điểm"}, "limit", points - total)
        )
    stage, why = _stage(model, facts, points)
    return ScoreCard(points, grade_of(points), tuple(reasons), stage, why)


def grade_of(points: int) -> int:
    """1 to 10, shown beside the score: `max(1, ceil(score / 10))`."""
    return max(1, math.ceil(points / 10))


def _capped(earned: Sequence[Reason], caps: Mapping[str, int]) -> list[Reason]:
    left = dict(caps)
    kept = []
    for reason in earned:
        if reason.group in left and reason.points > 0:
            given = min(reason.points, left[reason.group])
            left[reason.group] -= given
            reason = reason if given == reason.points else replace(reason, points=given, lost=reason.points - given)
        kept.append(reason)
    return kept


def _stage(model: Model, facts: Facts, points: int) -> tuple[str, str]:
    """The highest stage that score and facts reach. `iql`: a valid email or phone."""
    if not (facts.get("email.valid") or facts.get("phone.valid")):
        return "raw", "no valid email or phone"
    reached, why = "iql", "a valid email or phone"
    for stage in ("mql", "sql"):
        threshold = model.stages.get(stage)
        if threshold is None or points < threshold.score:
            continue
        if threshold.when is None or holds(threshold.when, facts):
            reached, why = stage, f"score {points} reached {threshold.score}"
    return reached, why
