"""What scoring shows on a lead's page: the receipt, and every stage that was crossed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.core.speech import _, spoken
from capture.leads.models import Lead, StageChange
from capture.scoring.models import Score, ScoringModel
from capture.scoring.queries import model_of
from capture.scoring.rules import GROUP_NAMES, GROUPS, Model
from forms.texts import in_locale


def load(lead_id: str) -> Mapping[str, Any]:
    newest = select(Score, ScoringModel).join(ScoringModel, ScoringModel.id == Score.model_id)
    mine = newest.where(Score.lead_id == lead_id).order_by(Score.at.desc(), Score.id.desc()).limit(1)
    found = db.session.execute(mine).first()
    lead = db.session.get_one(Lead, lead_id)
    score = _receipt(lead, *found) if found else _nothing(lead)
    return {"score": score, "timeline": _crossed(lead_id)}


def _receipt(lead: Lead, score: Score, stored: ScoringModel) -> dict[str, Any]:
    model = model_of(stored.id, stored.number, stored.rules)
    limit = next((line for line in score.reasons if line["group"] == "limit"), None)
    return {
        **_nothing(lead),
        "thresholds": _thresholds(model),
        "model": _("Rules no. %(number)s", number=stored.number),
        "at": score.at,
        "groups": [one for one in (_group(name, score) for name in GROUPS) if one["lines"]],
        "limit": _line(limit) if limit else None,
    }


def _nothing(lead: Lead) -> dict[str, Any]:
    empty: dict[str, Any] = {"thresholds": [], "model": "", "at": None, "groups": [], "limit": None, "formula": ""}
    return {"points": lead.score, "grade": lead.grade, "stage": lead.stage, "total": lead.score, **empty}


def _thresholds(model: Model) -> list[dict[str, Any]]:
    return [
        {"label": stage.upper(), "at": model.stages[stage].score} for stage in ("mql", "sql") if stage in model.stages
    ]


def _group(name: str, score: Score) -> dict[str, Any]:
    lines = [_line(line) for line in score.reasons if line["group"] == name]
    subtotal = sum(line["points"] for line in lines) if len(lines) > 1 else None
    return {"label": _(GROUP_NAMES[name]), "lines": lines, "subtotal": subtotal}


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    lost = line.get("lost") or 0
    note = (
        _("earned %(earned)s, the group's cap took %(lost)s", earned=line["points"] + lost, lost=lost) if lost else ""
    )
    return {"label": in_locale(line["label"], spoken()), "points": line["points"], "note": note}


def _crossed(lead_id: str) -> list[dict[str, Any]]:
    rows = select(StageChange).where(StageChange.lead_id == lead_id)
    return [
        {
            "at": row.at,
            "icon": "flame" if row.to_stage == "sql" else "stairs",
            "kind": "stage",
            "order": 3,
            "title": _("Reached %(stage)s", stage=row.to_stage.upper()),
            "text": "",
            "points": 0,
        }
        for row in db.session.execute(rows).scalars()
    ]
