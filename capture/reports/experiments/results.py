"""Read what became of those who were shown each variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from capture.core.db import db
from capture.leads.models import Lead
from capture.pages.experiments.models import Experiment, Exposure, Split
from capture.reports.experiments.verdict import Cell, Verdict, verdict_of
from capture.reports.today import QUALIFIED
from capture.submissions.models import Submission

DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Results:
    """The counts, how visitors were divided, and what that means."""

    cells: Sequence[Cell]
    shares: Mapping[int, Mapping[str, int]]
    verdict: Verdict


def results_of(experiments: Sequence[Experiment], at: datetime) -> dict[str, Results]:
    """By id, of those that have begun."""
    ids = [one.id for one in experiments if one.started_at is not None]
    cells, shares = _cells(ids), _shares(ids)
    return {
        one.id: Results(cells[one.id], shares[one.id], _verdict(one, cells[one.id], shares[one.id], at))
        for one in experiments
        if one.id in cells
    }


def _verdict(one: Experiment, cells: Sequence[Cell], shares: Mapping[int, Mapping[str, int]], at: datetime) -> Verdict:
    assert one.started_at is not None
    days = ((one.ended_at or at) - one.started_at).total_seconds() / DAY_SECONDS
    return verdict_of(cells, shares, is_fixed=one.allocation == "fixed", days=days)


def _cells(ids: Sequence[str]) -> dict[str, list[Cell]]:
    """A person who was shown it, their accepted submission, and how warm that lead is now."""
    sent = (Submission.id == Exposure.submission_id) & (Submission.status == "accepted")
    is_qualified = case((Lead.stage.in_(QUALIFIED), 1), else_=0)
    rows = (
        select(
            Exposure.experiment_id,
            Exposure.variant,
            Exposure.split,
            func.count(),
            func.count(Submission.id),
            func.sum(is_qualified),
        )
        .outerjoin(Submission, sent)
        .outerjoin(Lead, Lead.id == Submission.lead_id)
        .where(Exposure.experiment_id.in_(ids), Exposure.way != "dropped")
    )
    found: dict[str, list[Cell]] = {one: [] for one in ids}
    for row in db.session.execute(rows.group_by(Exposure.experiment_id, Exposure.variant, Exposure.split)):
        experiment_id, variant, split, visitors, leads, qualified = row
        found[experiment_id].append(Cell(variant, split, visitors, leads, int(qualified or 0)))
    return found


def _shares(ids: Sequence[str]) -> dict[str, dict[int, Mapping[str, int]]]:
    found: dict[str, dict[int, Mapping[str, int]]] = {one: {} for one in ids}
    rows = select(Split).where(Split.experiment_id.in_(ids)).order_by(Split.number)
    for row in db.session.execute(rows).scalars():
        found[row.experiment_id][row.number] = row.shares
    return found
