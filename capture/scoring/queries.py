"""The scoring model of each site as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from capture.core.db import db
from capture.scoring.models import ScoringModel
from capture.scoring.rules import Model, Rule, Threshold
from capture.sites.revision import of_revision


@of_revision
def models() -> Mapping[str, Model]:
    """Site id → its newest model."""
    newest = select(ScoringModel.site_id, func.max(ScoringModel.number).label("number"))
    latest = newest.group_by(ScoringModel.site_id).subquery()
    rows = select(ScoringModel).join(
        latest, (latest.c.site_id == ScoringModel.site_id) & (latest.c.number == ScoringModel.number)
    )
    return {row.site_id: model_of(row.id, row.number, row.rules) for row in db.session.execute(rows).scalars()}


def model_of(model_id: str, number: int, stored: Mapping[str, Any]) -> Model:
    """The plain shape of the site file as a model."""
    return Model(
        id=model_id,
        number=number,
        rules=tuple(_rule(one) for one in stored["rules"]),
        stages={stage: _threshold(one) for stage, one in stored["stages"].items()},
        caps=stored.get("caps") or {},
    )


def _rule(stored: Mapping[str, Any]) -> Rule:
    return Rule(stored["name"], stored["label"], stored["group"], stored["when"], stored["points"])


def _threshold(stored: Any) -> Threshold:
    return Threshold(stored) if isinstance(stored, int) else Threshold(stored["score"], stored.get("when"))
