"""A stored lead as the webhook's `data`, read anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, literal, select, tuple_

from capture.core.db import db
from capture.formbuilder.models import Form
from capture.leads.models import Lead
from capture.offers.grant import Granted
from capture.offers.models import CouponCode, Grant
from capture.offers.queries import offers
from capture.pages.models import Page, PageVersion
from capture.privacy.consent import consents_of
from capture.scoring.models import Score
from capture.sites.queries import sites
from capture.submissions.models import Submission
from capture.submissions.snapshot import attribution_part, lead_part, submission_part, touchpoints_part
from capture.tracking.journey import journey_of
from forms.texts import in_locale


def data_of(lead_id: str) -> Mapping[str, Any] | None:
    """The lead with its newest submission; None when there is no such marketing lead."""
    read = db.session.connection()
    lead = (
        read.execute(select(Lead.__table__).where(Lead.id == lead_id, Lead.pipeline == "marketing")).mappings().first()
    )
    if lead is None:
        return None
    newest = select(Submission.__table__).where(Submission.lead_id == lead_id)
    submission = read.execute(newest.order_by(Submission.id.desc()).limit(1)).mappings().first()
    journey = journey_of(read, lead_id)
    locale = sites()[submission["site_id"]].locale if submission else "en"
    return {
        "lead": lead_part(dict(lead), _reasons(read, lead_id, locale), consents_of(read, lead_id)),
        "submission": _submission(read, dict(submission)) if submission else None,
        "attribution": attribution_part(journey),
        "touchpoints": touchpoints_part(journey),
    }


def leads_after(place: tuple[datetime, str] | None, filters: Sequence[Any], limit: int) -> list[dict[str, Any]]:
    """Marketing leads in the order in which they changed, from a place on: each as the webhook's `data.lead`."""
    read = db.session.connection()
    rows = select(Lead.__table__).where(Lead.pipeline == "marketing", *filters)
    if place is not None:
        at, lead_id = literal(place[0], Lead.updated_at.type), literal(place[1], Lead.id.type)
        rows = rows.where(tuple_(Lead.updated_at, Lead.id) > tuple_(at, lead_id))
    found = read.execute(rows.order_by(Lead.updated_at, Lead.id).limit(limit)).mappings()
    return [_lead(read, dict(row)) for row in found]


def submissions_after(lead_id: str, place: str, limit: int) -> list[dict[str, Any]] | None:
    """What a marketing lead sent, oldest first; None when there is no such lead."""
    read = db.session.connection()
    if read.execute(select(Lead.id).where(Lead.id == lead_id, Lead.pipeline == "marketing")).first() is None:
        return None
    rows = select(Submission.__table__).where(Submission.lead_id == lead_id, Submission.id > place)
    found = read.execute(rows.order_by(Submission.id).limit(limit)).mappings()
    return [_submission(read, dict(row)) for row in found]


def _lead(read: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    newest = select(Submission.site_id).where(Submission.lead_id == row["id"]).order_by(Submission.id.desc()).limit(1)
    site_id = read.execute(newest).scalar()
    locale = sites()[site_id].locale if site_id else "en"
    return lead_part(row, _reasons(read, row["id"], locale), consents_of(read, row["id"]))


def _reasons(read: Connection, lead_id: str, locale: str) -> list[dict[str, Any]]:
    newest = select(Score.reasons).where(Score.lead_id == lead_id).order_by(Score.at.desc(), Score.id.desc()).limit(1)
    lines = read.execute(newest).scalar() or []
    return [
        {"rule": one["rule"], "label": in_locale(one["label"], locale), "points": one["points"]}
        for one in lines
        if one["points"]
    ]


def _submission(read: Connection, row: Mapping[str, Any]) -> dict[str, Any]:
    form = read.execute(select(Form.slug).where(Form.id == row["form_id"])).scalar()
    page = select(Page.slug).join(PageVersion, PageVersion.page_id == Page.id)
    slug = read.execute(page.where(PageVersion.id == row["page_version_id"])).scalar()
    granted = _granted(read, row)
    offer = offers().get(row["offer_id"] or "")
    return submission_part(row, form=str(form), offer=offer.slug if offer else None, page=slug, granted=granted)


def _granted(read: Connection, row: Mapping[str, Any]) -> Granted | None:
    columns = (CouponCode.code, CouponCode.value, CouponCode.expires_at)
    mine = select(*columns).join(Grant, Grant.code == CouponCode.code).where(Grant.submission_id == row["id"])
    found, offer = read.execute(mine).first(), offers().get(row["offer_id"] or "")
    return Granted(offer, "granted", *found) if found and offer else None
