"""The audit log: who did what, when, and what it was before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import Select, func, select

from capture.accounts.guards import allowed
from capture.accounts.models import AuditEntry, User
from capture.console.lists import ROWS, page_number, page_of
from capture.console.shell import screen
from capture.core.db import db
from capture.core.speech import _
from capture.team.changes import changes_of
from capture.team.words import WORDS, word
from forms.validators import cleaned_line

door = Blueprint("audit", __name__, url_prefix="/audit")


@door.get("")
@allowed("audit.see")
def index() -> Response:
    person, kind = (str(cleaned_line(request.args.get(name, "")))[:320] for name in ("person", "kind"))
    rows = _filtered(person, kind)
    total = db.session.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    newest = rows.order_by(AuditEntry.id.desc()).offset((page_number() - 1) * ROWS).limit(ROWS)
    found = db.session.execute(newest).scalars().all()
    names = _names({one.actor for one in found})
    return screen(
        "team/audit.html",
        entries=[_entry(one, names) for one in found],
        page=page_of(total),
        people=list(db.session.execute(select(AuditEntry.actor).distinct().order_by(AuditEntry.actor)).scalars()),
        kinds=[{"key": key, "label": _(text)} for key, text in WORDS["kind"].items()],
        chosen={"person": person, "kind": kind},
    )


def _filtered(person: str, kind: str) -> Select[AuditEntry]:
    rows = select(AuditEntry)
    if person:
        rows = rows.where(AuditEntry.actor == person)
    return rows.where(AuditEntry.action.startswith(f"{kind}.", autoescape=True)) if kind else rows


def _names(emails: set[str]) -> dict[str, str]:
    return {
        email: name for email, name in db.session.execute(select(User.email, User.name).where(User.email.in_(emails)))
    }


def _entry(one: AuditEntry, names: dict[str, str]) -> dict[str, Any]:
    details = dict(one.details)
    how = _(word("how", str(details.pop("how")))) if "how" in details else ""
    return {
        "at": one.at,
        "who": _("Operator") if one.actor == "operator" else names.get(one.actor, one.actor),
        "email": one.actor,
        "what": _(word("action", one.action)),
        "action": one.action,
        "how": how,
        "subject": "" if one.subject == one.actor else one.subject,
        "changes": [replace(one, path=_(word("detail", one.path))) for one in changes_of(details)],
    }
