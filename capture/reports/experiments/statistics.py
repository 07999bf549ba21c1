"""What counts are worth: intervals, evidence that may be looked at every day, and the chance of being the best.

The evidence is a likelihood ratio mixed over a few effects, an *e-value*: where nothing differs, it ever exceeds
1 / error with a probability of at most `error`, however often one looks (Ville, 1939; Robbins, 1970).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

Z95 = 1.96
# Ratios that a variant may plausibly have against another, from a third to three times, nearer ones more likely.
STEPS, STEP, SPREAD = 11, 0.1, 0.45
EFFECTS = tuple(sign * STEP * number for number in range(1, STEPS + 1) for sign in (-1, 1))
_ROUGH = [math.exp(-((effect / SPREAD) ** 2) / 2) for effect in EFFECTS]
WEIGHTS = tuple(one / sum(_ROUGH) for one in _ROUGH)
# How far shares of visitors may be off when something loses them: one or two parts in a hundred.
RATIO_CERTAINTY = 1_000.0
GRID = 400

# (hits of this arm, hits of the other, share of this one, share of the other), one of each split.
Block = tuple[int, int, float, float]


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a rate (E. B. Wilson, JASA 22, 1927); honest for few cases too."""
    if of == 0:
        return 0.0, 1.0
    rate, spread = hits / of, Z95 * Z95 / of
    middle = (rate + spread / 2) / (1 + spread)
    half = Z95 * math.sqrt(rate * (1 - rate) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def evidence(blocks: Sequence[Block], ratio: float = 1.0) -> float:
    """How much better some other ratio of the two rates explains the hits than `ratio` does.

    Where visitors are divided at random and the rates are equal, each hit falls to an arm with the arm's share, exactly
    and whatever the rate is: so nothing is approximated, and few hits are no problem. Shares may change between blocks.
    """
    logs = [0.0] * len(EFFECTS)
    for mine, others, share, other in blocks:
        pulls = _pulls(share * ratio / (share * ratio + other))
        hits = mine + others
        logs = [log + mine * effect - hits * pull for log, effect, pull in zip(logs, EFFECTS, pulls, strict=True)]
    top = max(logs)
    return math.exp(min(top, 700)) * sum(w * math.exp(one - top) for w, one in zip(WEIGHTS, logs, strict=True))


def range_of_ratio(blocks: Sequence[Block], error: float) -> tuple[float, float]:
    """Every ratio against which there is not enough evidence: it covers the true one at all times, up to `error`."""
    best = _best_ratio(blocks)
    return _edge(blocks, best, 0.01, error), _edge(blocks, best, 100.0, error)


def ratio_evidence(counts: Mapping[str, int], shares: Mapping[str, int]) -> float:
    """Evidence that visitors did not come in the shares that were asked for: something loses some of them."""
    total = sum(shares.values())
    prior = {key: RATIO_CERTAINTY * share / total for key, share in shares.items()}
    number = sum(counts.get(key, 0) for key in shares)
    log = math.lgamma(RATIO_CERTAINTY) - math.lgamma(RATIO_CERTAINTY + number)
    for key, share in shares.items():
        count = counts.get(key, 0)
        log += math.lgamma(prior[key] + count) - math.lgamma(prior[key]) - count * math.log(share / total)
    return math.exp(min(log, 700))


def chances_of_best(arms: Mapping[str, tuple[int, int]]) -> dict[str, float]:
    """The posterior probability that each arm has the highest rate; arms are (hits, of), the prior is flat."""
    if len(arms) < 2:
        return dict.fromkeys(arms, 1.0)
    low, high = _visible(arms)
    width = (high - low) / GRID
    points = [low + width * (step + 0.5) for step in range(GRID)]
    density = {key: _density(points, hits, of) for key, (hits, of) in arms.items()}
    below = {key: _cumulated(values) for key, values in density.items()}
    found = {key: _wins(key, density, below) for key in arms}
    total = sum(found.values())
    return {key: value / total for key, value in found.items()}


def hits_needed(ratio: float, share: float, error: float) -> float:
    """About how many hits of two arms it takes to tell this ratio from none; infinite where nothing is to be told."""
    part = share * ratio / (share * ratio + 1 - share)
    gain = (part * math.log(part / share) if part else 0.0) + (1 - part) * math.log((1 - part) / (1 - share))
    return (math.log(1 / error) + 1.5) / gain if gain > 1e-9 else math.inf


@lru_cache(maxsize=512)
def _pulls(share: float) -> tuple[float, ...]:
    """By how much each effect would enlarge the sum of both arms, as logarithms."""
    return tuple(math.log(share * math.exp(effect) + 1 - share) for effect in EFFECTS)


def _likelihood(blocks: Sequence[Block], effect: float) -> float:
    """The logarithm, up to what does not depend on the effect."""
    ratio = math.exp(effect)
    return sum(
        mine * effect - (mine + others) * math.log(share * ratio + other) for mine, others, share, other in blocks
    )


def _best_ratio(blocks: Sequence[Block]) -> float:
    """The most likely ratio, by ternary search: the likelihood has one hill."""
    low, high = math.log(0.01), math.log(100.0)
    for _ in range(60):
        third = (high - low) / 3
        if _likelihood(blocks, low + third) < _likelihood(blocks, high - third):
            low += third
        else:
            high -= third
    return math.exp((low + high) / 2)


def _edge(blocks: Sequence[Block], inside: float, outside: float, error: float) -> float:
    if evidence(blocks, outside) < 1 / error:
        return outside
    near, far = math.log(inside), math.log(outside)
    for _ in range(40):
        middle = (near + far) / 2
        near, far = (middle, far) if evidence(blocks, math.exp(middle)) < 1 / error else (near, middle)
    return math.exp(near)


def _visible(arms: Mapping[str, tuple[int, int]]) -> tuple[float, float]:
    """Where the rates can be: six standard deviations around each."""
    ends = []
    for hits, of in arms.values():
        mean = (hits + 1) / (of + 2)
        ends.append((mean, 6 * math.sqrt(mean * (1 - mean) / (of + 3))))
    return max(0.0, min(mean - far for mean, far in ends)), min(1.0, max(mean + far for mean, far in ends))


def _density(points: Sequence[float], hits: int, of: int) -> list[float]:
    """Beta(hits + 1, misses + 1) on the grid, as parts of one."""
    logs = [hits * math.log(x) + (of - hits) * math.log1p(-x) for x in points]
    top = max(logs)
    values = [math.exp(one - top) for one in logs]
    total = sum(values)
    return [value / total for value in values]


def _cumulated(values: Sequence[float]) -> list[float]:
    """The part below the middle of each step."""
    found, total = [], 0.0
    for value in values:
        found.append(total + value / 2)
        total += value
    return found


def _wins(key: str, density: Mapping[str, Sequence[float]], below: Mapping[str, Sequence[float]]) -> float:
    others = [values for other, values in below.items() if other != key]
    return sum(mine * math.prod(one[step] for one in others) for step, mine in enumerate(density[key]))
