"""The marketers' door of leads: the list, and one lead's page. Other rooms bring their panels."""

from __future__ import annotations

from typing import Any

import phonenumbers
from flask import Blueprint, Response, current_app, request, url_for
from sqlalchemy import Select, and_, func, or_, select

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.lists import ROWS, page_number, page_of, query
from capture.console.shell import screen
from capture.core.db import db
from capture.core.doors import Doors, Entry, Finder
from capture.core.errors import NotFound
from capture.core.speech import _
from capture.leads.days import by_day
from capture.leads.evidence import STRENGTH
from capture.leads.identity import email_key, folded
from capture.leads.models import Doubt, Identity, Lead, LeadPhone, LeadValue
from capture.leads.stages import STAGES
from capture.tracking.models import Visitor
from forms.validators import cleaned_line

MOST_WORDS = 10
WHY = {"phone_of_another": "One of them gave the phone number of the other, and another email."}

door = Blueprint("leads", __name__, url_prefix="/leads")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("leads", "Leads", "users", "console.leads.index", "people.see", 110, on_phone=True))
    doors.finder(Finder("Leads", "user", "people.see", _found))


@door.get("")
@allowed("people.see")
def index() -> Response:
    search, stage, channel = (str(cleaned_line(request.args.get(name, "")))[:200] for name in ("q", "stage", "channel"))
    rows = _filtered(_searched(_mine(), search), stage, channel)
    total = db.session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    ordered = rows.order_by(Lead.score.desc(), Lead.created_at.desc(), Lead.id)
    leads = db.session.execute(ordered.offset((page_number() - 1) * ROWS).limit(ROWS)).scalars().all()
    return screen(
        "leads/list.html",
        query=search,
        filtered=bool(search or stage or channel),
        filters={"stage": stage, "channel": channel},
        stages=_stage_links(_filtered(_searched(_mine(), search), "", channel), stage),
        channels=_channels(),
        rows=_rows(leads),
        page=page_of(total),
    )


@door.get("/<lead_id>")
@allowed("people.see")
def show(lead_id: str) -> Response:
    lead = db.session.execute(_mine().where(Lead.id == lead_id)).scalar()
    if lead is None:
        raise NotFound("There is no such lead.")
    context: dict[str, Any] = {"timeline": []}
    doors: Doors = current_app.extensions["capture.doors"]
    for panel in doors.panels:
        found = dict(panel.load(lead_id))
        context["timeline"] += found.pop("timeline", [])
        context.update(found)
    days = by_day(context.pop("timeline"))
    context["lead"] = {**_head(lead), "need": context.pop("need", "")}
    return screen("leads/lead.html", timeline_days=days, **context, **_own(lead))


def _found(text: str) -> list[dict[str, str]]:
    """People for the command palette."""
    rows = _searched(_mine(), text).order_by(Lead.score.desc(), Lead.id).limit(8)
    return [
        {
            "label": lead.name or lead.email or lead.phone or "",
            "about": lead.company or lead.email or "",
            "href": url_for("console.leads.show", lead_id=lead.id),
        }
        for lead in db.session.execute(rows).scalars()
    ]


def _mine() -> Select[Lead]:
    """Every query of this door goes through this selection: the pipelines that the user may see."""
    return select(Lead).where(Lead.pipeline.in_(pipelines_of(current_user().role)))


def _searched(rows: Select[Lead], text: str) -> Select[Lead]:
    """Every word somewhere in name, email, company or phone, without accents; or a mailbox, or digits of a phone."""
    if not text.strip():
        return rows
    words = folded(text).split()[:MOST_WORDS]
    found = [and_(*(Lead.search.contains(word, autoescape=True) for word in words))]
    if "@" in text:
        mine = select(Identity.lead_id).where(Identity.kind == "email", Identity.key == email_key(text))
        found.append(Lead.id.in_(mine))
    digits = "".join(one for one in text if one.isdigit()).lstrip("0")
    if len(digits) >= 4:
        found.append(Lead.phone.like(f"%{digits}%"))
    return rows.where(or_(*found))


def _filtered(rows: Select[Lead], stage: str, channel: str) -> Select[Lead]:
    if stage in STAGES:
        rows = rows.where(Lead.stage == stage)
    return rows.where(Lead.channel == channel) if channel else rows


def _stage_links(rows: Select[Lead], current: str) -> list[dict[str, Any]]:
    """How many of the rows that match are in each stage."""
    counted = rows.with_only_columns(Lead.stage, func.count()).group_by(Lead.stage)
    counts = {stage: number for stage, number in db.session.execute(counted)}
    links = [{"key": "", "count": sum(counts.values()), "href": query(stage=None), "current": not current}]
    shown = [stage for stage in STAGES if counts.get(stage)]
    return links + [
        {"key": one, "count": counts[one], "href": query(stage=one), "current": one == current} for one in shown
    ]


def _channels() -> list[dict[str, Any]]:
    counted = _mine().with_only_columns(Lead.channel, func.count()).where(Lead.channel.is_not(None))
    found = db.session.execute(counted.group_by(Lead.channel).order_by(func.count().desc()))
    return [{"value": channel, "count": number} for channel, number in found]


def _rows(leads: Any) -> list[dict[str, Any]]:
    seen = _last_seen([lead.id for lead in leads])
    return [
        {
            "href": url_for("console.leads.show", lead_id=lead.id),
            "name": lead.name or "",
            "email": lead.email or "",
            "phone": _shown_phone(lead.phone),
            "company": lead.company or "",
            "stage": lead.stage,
            "score": lead.score,
            "channel": lead.channel or "",
            "source": lead.source or "",
            "created_at": lead.created_at,
            "last_seen_at": seen.get(lead.id),
        }
        for lead in leads
    ]


def _last_seen(ids: list[str]) -> dict[str, Any]:
    newest = select(Visitor.lead_id, func.max(Visitor.last_seen_at)).where(Visitor.lead_id.in_(ids))
    return {str(lead_id): at for lead_id, at in db.session.execute(newest.group_by(Visitor.lead_id))}


def _head(lead: Lead) -> dict[str, Any]:
    words = (lead.name or lead.email or "?").split()
    return {
        "name": lead.name or "",
        "initials": "".join(word[:1] for word in words[-2:]).upper(),
        "about": lead.company or "",
        "company": lead.company or "",
        "email": lead.email or "",
        "phone": lead.phone or "",
        "phone_shown": _shown_phone(lead.phone),
        "stage": lead.stage,
        "channel": lead.channel or "",
        "source": "",
        "created_at": lead.created_at,
        "last_seen_at": _last_seen([lead.id]).get(lead.id),
    }


def _own(lead: Lead) -> dict[str, Any]:
    return {"values": _values(lead), "identities": _identities(lead.id), "doubts": _doubts(lead.id)}


def _values(lead: Lead) -> list[dict[str, Any]]:
    shown = {**lead.attributes, "email": lead.email, "phone": lead.phone, "name": lead.name, "company": lead.company}
    rows = select(LeadValue).where(LeadValue.lead_id == lead.id).order_by(LeadValue.field, LeadValue.at.desc())
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in db.session.execute(rows.limit(200)).scalars():
        is_shown = shown.get(row.field) == row.value
        text = {"value": str(row.value), "evidence": row.evidence, "at": row.at, "shown": is_shown}
        known = {"field": row.field, "submission": row.submission_id, **text}
        # Given again and again, a value is one line: its best evidence, then its newest time.
        before = found.setdefault((row.field, str(row.value)), known)
        if STRENGTH[row.evidence] > STRENGTH[before["evidence"]]:
            found[row.field, str(row.value)] = known
    return list(found.values())


def _identities(lead_id: str) -> list[dict[str, str]]:
    emails = select(Identity.kind, Identity.key).where(Identity.lead_id == lead_id).order_by(Identity.id)
    phones = select(LeadPhone.key).where(LeadPhone.lead_id == lead_id)
    found = [{"kind": kind, "key": key} for kind, key in db.session.execute(emails)]
    return found + [{"kind": "phone", "key": key} for key in db.session.execute(phones).scalars()]


def _doubts(lead_id: str) -> list[dict[str, str]]:
    pairs = select(Doubt.lead_id, Doubt.other_lead_id, Doubt.reason).where(Doubt.decided_at.is_(None))
    mine = db.session.execute(pairs.where(or_(Doubt.lead_id == lead_id, Doubt.other_lead_id == lead_id)))
    why = {one if one != lead_id else other: reason for one, other, reason in mine}
    rows = db.session.execute(_mine().where(Lead.id.in_(why))).scalars()
    return [
        {
            "name": row.name or row.email or row.phone or "",
            "href": url_for("console.leads.show", lead_id=row.id),
            "why": _(WHY[why[row.id]]),
        }
        for row in rows
    ]


def _shown_phone(phone: str | None) -> str:
    """National notation, as people read it aloud."""
    if not phone:
        return ""
    number = phonenumbers.parse(phone)
    notation = phonenumbers.PhoneNumberFormat.NATIONAL if number.country_code == 84 else None
    return phonenumbers.format_number(number, notation or phonenumbers.PhoneNumberFormat.INTERNATIONAL)
