"""Adaptive experiments: more visitors for what does better, by the chance of each variant of being the best."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.transactions import again_if_raced, transaction
from capture.pages.experiments.allocation import thousandths
from capture.pages.experiments.models import Experiment
from capture.pages.experiments.run import divide
from capture.reports.experiments.results import results_of
from capture.reports.experiments.statistics import chances_of_best
from capture.reports.experiments.verdict import arms_of, goal_of
from capture.sites import revision

# Nobody is left out, or it could never turn out that we were wrong.
LEAST_SHARE = 50
LEAST_HITS = 10
# A smaller step is not worth making every process forget its finished pages.
LEAST_STEP = 20


def adapt_all() -> None:
    """A chore of the worker."""
    running = (Experiment.started_at.is_not(None), Experiment.ended_at.is_(None))
    rows = select(Experiment).where(Experiment.allocation == "adaptive", *running)
    found = db.session.execute(rows).scalars().all()
    for experiment_id, results in results_of(found, now()).items():
        before = results.shares[max(results.shares)]
        goal = goal_of(results.cells)
        arms = arms_of(results.cells, sorted(before), goal)
        after = shares_of(arms)
        if after and max(abs(after[key] - before[key]) for key in before) >= LEAST_STEP:
            _divide(experiment_id, after)


def shares_of(arms: Mapping[str, tuple[int, int]]) -> dict[str, int] | None:
    """Thompson's rule (Biometrika 25, 1933): as often as it is likely to be the best. None while too few is known."""
    if sum(hits for hits, _ in arms.values()) < LEAST_HITS:
        return None
    return thousandths(chances_of_best(arms), least=LEAST_SHARE)


@again_if_raced
def _divide(experiment_id: str, shares: Mapping[str, int]) -> None:
    with transaction() as write:
        divide(write, experiment_id, shares, at=now())
        revision.move(write)
