"""The two charts of an experiment: bars with whiskers, and the same numbers as a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from capture.pages.experiments.models import Variant
from capture.reports.experiments.results import Results
from capture.reports.experiments.statistics import wilson
from capture.reports.experiments.verdict import CONTROL, total

STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class Rate:
    """Hits out of cases; without cases nothing is known."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0

    @property
    def range(self) -> tuple[float, float]:
        return wilson(self.hits, self.of)


@dataclass(frozen=True)
class Arm:
    """One variant: how many saw it, and what they brought. `chance` is that of being the best."""

    key: str
    name: str
    is_control: bool
    visitors: int
    share: float
    chance: float
    conversion: Rate
    quality: Rate
    yield_: Rate


def arms_of(results: Results, variants: Sequence[Variant]) -> list[Arm]:
    """Best first, by the rate of qualified leads; where there are none yet, by leads."""
    found = [_arm(results, variant) for variant in variants]
    return sorted(found, key=lambda arm: (-arm.quality.value, -arm.conversion.value, arm.key))


def bars(arms: Sequence[Arm], measure: str) -> dict[str, Any]:
    """Positions in per cent of the chart's width. `end` is the rate at its right edge."""
    rates = [(arm, getattr(arm, measure)) for arm in arms]
    known = [rate for _, rate in rates if rate.of]
    top = max((rate.range[1] if rate.of >= 30 else rate.value for rate in known), default=0.0)
    end = next((step for step in STEPS if step >= top), 1.0)
    return {"end": end, "rows": [{"arm": arm, "rate": rate, **_places(rate, end)} for arm, rate in rates]}


def _places(rate: Rate, end: float) -> dict[str, float]:
    low, high = rate.range
    places = {"value": rate.value, "low": low, "high": high}
    return {name: round(min(100 * place / end, 100.0), 2) for name, place in places.items()}


def _arm(results: Results, variant: Variant) -> Arm:
    key, cells = variant.key, results.cells
    visitors, leads = total(cells, key, "visitors"), total(cells, key, "leads")
    qualified = total(cells, key, "qualified")
    newest = results.shares[max(results.shares)]
    return Arm(
        key=key,
        name=variant.name,
        is_control=key == CONTROL,
        visitors=visitors,
        share=newest.get(key, 0) / 1000,
        chance=results.verdict.chances.get(key, math.nan),
        conversion=Rate(leads, visitors),
        quality=Rate(qualified, leads),
        yield_=Rate(qualified, visitors),
    )
