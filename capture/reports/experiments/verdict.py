"""What may be concluded from the counts of an experiment, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from capture.reports.experiments.statistics import (
    chances_of_best,
    evidence,
    hits_needed,
    range_of_ratio,
    ratio_evidence,
)

CONTROL = "a"
# The chance that an experiment in which nothing differs ever names a winner, over all its looks, goals and variants.
ERROR = 0.05
RATIO_ERROR = 0.001
# Qualified leads are what counts; more leads of unknown worth are the second best reason.
GOALS = ("qualified", "leads")
LEAST_VISITORS = 100
LEAST_QUALIFIED = 20
HARDLY_DAYS, HARDLY_HITS = 60, 50


@dataclass(frozen=True)
class Cell:
    """The counts of one variant while visitors were divided in one way."""

    variant: str
    split: int
    visitors: int
    leads: int
    qualified: int


@dataclass(frozen=True)
class Verdict:
    """`state`: nobody, ratio (visitors get lost), few, open, hardly, winner.

    `low` and `high` say how many times as many the winner brings; `days` is how long it may still take.
    """

    state: str
    goal: str = "leads"
    winner: str = ""
    against: str = ""
    low: float = 1.0
    high: float = 1.0
    days: float | None = None
    chances: Mapping[str, float] = field(default_factory=dict)


Shares = Mapping[int, Mapping[str, int]]


def verdict_of(cells: Sequence[Cell], shares: Shares, *, is_fixed: bool, days: float) -> Verdict:
    """`shares` are the thousandths of each split, `days` how long the experiment has been running."""
    keys = sorted(next(iter(shares.values()))) if shares else []
    visitors = {key: total(cells, key, "visitors") for key in keys}
    if not any(visitors.values()):
        return Verdict("nobody")
    chances = chances_of_best(arms_of(cells, keys, goal_of(cells)))
    if is_fixed and _loses_visitors(cells, shares):
        return Verdict("ratio", chances=chances)
    if min(visitors.values()) < LEAST_VISITORS:
        wait = days * (LEAST_VISITORS / max(min(visitors.values()), 1) - 1)
        return Verdict("few", goal_of(cells), days=wait if days else None, chances=chances)
    found = next((one for goal in GOALS if (one := _decided(cells, shares, keys, goal, chances))), None)
    return found or _undecided(cells, shares, keys, days, chances)


def goal_of(cells: Sequence[Cell]) -> str:
    """By qualified leads as soon as there are some."""
    return "qualified" if sum(cell.qualified for cell in cells) >= LEAST_QUALIFIED else "leads"


def total(cells: Sequence[Cell], key: str, what: str) -> int:
    return sum(getattr(cell, what) for cell in cells if cell.variant == key)


def arms_of(cells: Sequence[Cell], keys: Sequence[str], goal: str) -> dict[str, tuple[int, int]]:
    return {key: (total(cells, key, goal), total(cells, key, "visitors")) for key in keys}


def _loses_visitors(cells: Sequence[Cell], shares: Shares) -> bool:
    found = 1.0
    for split, asked in shares.items():
        found *= ratio_evidence({cell.variant: cell.visitors for cell in cells if cell.split == split}, asked)
    return found >= 1 / RATIO_ERROR


def _decided(
    cells: Sequence[Cell], shares: Shares, keys: Sequence[str], goal: str, chances: Mapping[str, float]
) -> Verdict | None:
    """A variant that beats the page as it is; or the page, if it beats all of them."""
    others = [key for key in keys if key != CONTROL]
    error = ERROR / len(GOALS) / len(others)
    rates = {key: hits / of for key, (hits, of) in arms_of(cells, keys, goal).items()}
    told = [key for key in others if evidence(_blocks(cells, shares, key, CONTROL, goal)) >= 1 / error]
    better = [key for key in told if rates[key] > rates[CONTROL]]
    if not better and len(told) < len(others):
        return None
    best = max(better or others, key=lambda key: rates[key])
    winner, against = (best, CONTROL) if better else (CONTROL, best)
    low, high = range_of_ratio(_blocks(cells, shares, winner, against, goal), error)
    return Verdict("winner", goal, winner, against, low, high, chances=chances)


def _undecided(
    cells: Sequence[Cell], shares: Shares, keys: Sequence[str], days: float, chances: Mapping[str, float]
) -> Verdict:
    """How long it may still take, if what is seen now is the truth."""
    goal = goal_of(cells)
    arms = arms_of(cells, keys, goal)
    best = max((key for key in keys if key != CONTROL), key=lambda key: arms[key][0] / arms[key][1])
    hits = arms[best][0] + arms[CONTROL][0]
    if not hits or not days or not arms[CONTROL][0]:
        return Verdict("open", goal, chances=chances)
    newest = shares[max(shares)]
    share = newest[best] / (newest[best] + newest[CONTROL])
    ratio = arms[best][0] / arms[best][1] / (arms[CONTROL][0] / arms[CONTROL][1])
    needed = hits_needed(ratio, share, ERROR / len(GOALS) / (len(keys) - 1))
    wait = max(needed - hits, hits / 10) / hits * days if math.isfinite(needed) else math.inf
    if wait > HARDLY_DAYS and hits >= HARDLY_HITS:
        return Verdict("hardly", goal, chances=chances)
    return Verdict("open", goal, days=wait if wait <= HARDLY_DAYS else None, chances=chances)


def _blocks(
    cells: Sequence[Cell], shares: Shares, mine: str, other: str, goal: str
) -> list[tuple[int, int, float, float]]:
    """The hits of two variants for each split, beside the shares that visitors were divided by."""
    found = []
    for split, asked in shares.items():
        here = [cell for cell in cells if cell.split == split]
        hits, others = total(here, mine, goal), total(here, other, goal)
        if hits + others:
            found.append((hits, others, asked[mine] / 1000, asked[other] / 1000))
    return found
