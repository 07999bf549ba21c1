"""The numbers of the first screen. Every rate carries its n and a 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy import func, select

from capture.core.db import db
from capture.delivery.health import troubles
from capture.leads.models import Doubt, Lead
from capture.reports.experiments.statistics import wilson
from capture.scoring.models import Score
from capture.submissions.models import Submission
from forms.texts import in_locale

DAYS = 30
CALLS = 5
QUALIFIED = ("mql", "sql", "opportunity", "customer")


def has_leads(pipelines: Sequence[str]) -> bool:
    return db.session.execute(select(Lead.id).where(Lead.pipeline.in_(pipelines)).limit(1)).first() is not None


def counts(pipelines: Sequence[str], at: datetime, zone: str) -> dict[str, Any]:
    midnight = at.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = select(Lead.stage, func.count()).where(Lead.pipeline.in_(pipelines), Lead.created_at >= midnight)
    found = {stage: number for stage, number in db.session.execute(counted.group_by(Lead.stage))}
    return {"count": sum(found.values()), "usual": None, "warm": found.get("mql", 0), "hot": found.get("sql", 0)}


def needs_a_hand(pipelines: Sequence[str]) -> list[dict[str, Any]]:
    """What waits for a person, most urgent first."""
    delivery = url_for("console.deliveries.index")
    stuck = troubles(pipelines, can_mend=False)
    found: list[dict[str, Any]] = [{**one, "kind": "delivery", "href": delivery} for one in stuck]
    held = select(func.count()).where(Submission.status == "held", Submission.pipeline.in_(pipelines))
    if number := db.session.execute(held).scalar_one():
        found.append({"kind": "held", "href": url_for("console.held.index"), "count": number, "said": ""})
    return found + _doubts(pipelines)


def _doubts(pipelines: Sequence[str]) -> list[dict[str, Any]]:
    open_doubts = select(Doubt.lead_id).join(Lead, Lead.id == Doubt.lead_id)
    ids = db.session.execute(
        open_doubts.where(Doubt.decided_at.is_(None), Lead.pipeline.in_(pipelines)).order_by(Doubt.id.desc())
    ).scalars().all()  # fmt: skip
    if not ids:
        return []
    return [{"kind": "doubt", "href": url_for("console.leads.show", lead_id=ids[0]), "count": len(ids), "said": ""}]


def call_order(pipelines: Sequence[str]) -> list[dict[str, Any]]:
    """The best leads that sales has not closed."""
    rows = select(Lead).where(Lead.pipeline.in_(pipelines), Lead.stage.in_(("iql", "mql", "sql")))
    found = db.session.execute(rows.order_by(Lead.score.desc(), Lead.updated_at.desc()).limit(CALLS)).scalars().all()
    why = _best_reasons([lead.id for lead in found])
    return [
        {
            "href": url_for("console.leads.show", lead_id=lead.id),
            "name": lead.name or "",
            "email": lead.email or "",
            "phone": lead.phone or "",
            "company": lead.company or "",
            "score": lead.score,
            "stage": lead.stage,
            "grade": lead.grade,
            "why": why.get(lead.id, ""),
        }
        for lead in found
    ]


def _best_reasons(ids: Sequence[str]) -> dict[str, str]:
    from capture.core.speech import spoken

    rows = select(Score.lead_id, Score.reasons).where(Score.lead_id.in_(ids)).order_by(Score.at, Score.id)
    found: dict[str, str] = {}
    for lead_id, reasons in db.session.execute(rows):
        best = sorted((one for one in reasons if one["points"] > 0), key=lambda one: -one["points"])[:2]
        found[lead_id] = ", ".join(in_locale(one["label"], spoken()) for one in best)
    return found


def chart(pipelines: Sequence[str], at: datetime, zone: str) -> dict[str, Any] | None:
    """Leads of the day, cumulated by the hour."""
    here = at.astimezone(ZoneInfo(zone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = select(Lead.created_at).where(Lead.pipeline.in_(pipelines), Lead.created_at >= midnight)
    times = [one.astimezone(ZoneInfo(zone)) for one in db.session.execute(rows).scalars()]
    if not times:
        return None
    line = [sum(1 for one in times if one < midnight + timedelta(hours=hour)) for hour in range(here.hour + 1)]
    line.append(len(times))
    return {"zone": zone, "top": max(line), "line": line, "usual": []}


def sources(pipelines: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """Sources by the rate of qualified leads: the honest measure; volume comes after it."""
    counted = select(Lead.channel, Lead.source, Lead.stage, func.count()).where(
        Lead.pipeline.in_(pipelines), Lead.created_at >= at - timedelta(days=DAYS)
    )
    totals: dict[tuple[str, str], list[int]] = {}
    for channel, source, stage, number in db.session.execute(counted.group_by(Lead.channel, Lead.source, Lead.stage)):
        pair = totals.setdefault((channel or "Unassigned", source or ""), [0, 0])
        pair[0] += number
        pair[1] += number if stage in QUALIFIED else 0
    found = [_source(channel, source, leads, qualified) for (channel, source), (leads, qualified) in totals.items()]
    return sorted(found, key=lambda one: (-one["rate"], -one["leads"]))[:12]


def _source(channel: str, source: str, leads: int, qualified: int) -> dict[str, Any]:
    low, high = wilson(qualified, leads)
    rate = {"rate": round(100 * qualified / leads), "low": round(100 * low), "high": round(100 * high)}
    return {
        "channel": channel,
        "source": source,
        "label": "",
        "detail": "",
        **rate,
        "qualified": qualified,
        "leads": leads,
    }
