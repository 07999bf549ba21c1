"""Store a score with its receipt, and say which stage was crossed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from capture.core.ids import new_id
from capture.core.statements import Fixed
from capture.leads.models import StageChange
from capture.leads.stages import is_forward
from capture.scoring.models import Score
from capture.scoring.rules import Model, ScoreCard, score_card
from forms.conditions import Facts
from forms.texts import in_locale

_NEW_SCORE = Fixed(
    insert(Score), columns=["id", "lead_id", "model_id", "submission_id", "points", "grade", "reasons", "at"]
)
_NEW_CHANGE = Fixed(insert(StageChange), columns=["id", "lead_id", "from_stage", "to_stage", "why", "at"])


@dataclass(frozen=True)
class Scored:
    """What the lead is worth now; `crossed` is (from, to, why) when a stage was crossed."""

    card: ScoreCard
    stage: str
    crossed: tuple[str, str, str] | None

    def reasons_in(self, locale: str) -> list[dict[str, Any]]:
        return [
            {"rule": one.rule, "label": in_locale(one.label, locale), "points": one.points}
            for one in self.card.reasons
            if one.points
        ]


def rescore(
    write: Connection, model: Model, facts: Facts, *, lead_id: str, stage: str, submission_id: str | None, at: datetime
) -> Scored:
    """Score these facts by this model; the caller writes points and stage to the lead."""
    card = score_card(model, facts)
    _NEW_SCORE.run(write, _receipt(card, model, lead_id, submission_id, at))
    crossed = None
    if is_forward(stage, card.stage):
        crossed = (stage, card.stage, card.why)
        _NEW_CHANGE.run(write, _change(lead_id, crossed, at))
    return Scored(card, crossed[1] if crossed else stage, crossed)


def _receipt(card: ScoreCard, model: Model, lead_id: str, submission_id: str | None, at: datetime) -> dict[str, Any]:
    lines = [
        {"rule": one.rule, "label": one.label, "group": one.group, "points": one.points, "lost": one.lost}
        for one in card.reasons
    ]
    owner = {"id": new_id(), "lead_id": lead_id, "model_id": model.id, "submission_id": submission_id}
    return {**owner, "points": card.points, "grade": card.grade, "reasons": lines, "at": at}


def _change(lead_id: str, crossed: tuple[str, str, str], at: datetime) -> dict[str, Any]:
    before, after, why = crossed
    return {"id": new_id(), "lead_id": lead_id, "from_stage": before, "to_stage": after, "why": why, "at": at}
