"""People with the facts that are stored of them, as `receive` would score them if they came again as they are."""

from __future__ import annotations

from sqlalchemy import func, select

from capture.core.db import db
from capture.leads.models import Lead
from capture.offers.models import Offer
from capture.scoring.facts import facts_of
from capture.scoring.replay import Known
from capture.submissions.models import Submission
from capture.tracking.journey import journey_of

MOST = 500


def people_with_facts(site_id: str) -> list[Known]:
    """The leads who sent something on this site last, at most five hundred."""
    newest = func.row_number().over(partition_by=Submission.lead_id, order_by=Submission.id.desc())
    mine = select(Submission.id, newest.label("place")).where(
        Submission.site_id == site_id, Submission.status == "accepted"
    )
    ranked = mine.subquery()
    last = select(ranked.c.id).where(ranked.c.place == 1).order_by(ranked.c.id.desc()).limit(MOST).subquery()
    rows = select(Lead, Submission.answers, Offer.kind).join(Submission, Submission.lead_id == Lead.id)
    found = rows.join(last, last.c.id == Submission.id).outerjoin(Offer, Offer.id == Submission.offer_id)
    return [_known(*row) for row in db.session.execute(found.order_by(Submission.id.desc()))]


def _known(lead: Lead, answers: dict[str, object], offer_kind: str | None) -> Known:
    journey = journey_of(db.session.connection(), lead.id)
    given = {**lead.attributes, "name": lead.name, "company": lead.company, **answers}
    facts = facts_of({"email": lead.email, "phone": lead.phone}, given, journey, offer_kind=offer_kind)
    return Known(lead.id, lead.name or lead.email or lead.phone or "", lead.pipeline, facts)
