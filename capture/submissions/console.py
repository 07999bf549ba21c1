"""The marketers' door of submissions: what is held for a look."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from sqlalchemy import func, select

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.lists import ROWS, page_number, page_of
from capture.console.shell import screen
from capture.core.db import db
from capture.core.doors import Doors, Entry, Panel
from capture.core.speech import _, spoken
from capture.formbuilder.models import Form, FormVersion
from capture.pages.models import Page, PageVersion
from capture.submissions import panel
from capture.submissions.models import Submission
from forms import FormSchema
from forms.schema import FieldSpec
from forms.texts import in_locale

door = Blueprint("held", __name__, url_prefix="/held")
SHORT = "Held"
REASONS = {
    "honeypot": "Filled in a field that people do not see",
    "link_in_name": "There is a link in the name field",
    "fetch_metadata": "Sent from a page of somebody else",
}


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(
        Entry(
            "held",
            "Held for review",
            "shield-question",
            "console.held.index",
            "submissions.see",
            220,
            held_count,
            "warn",
            short=SHORT,
        )
    )
    doors.panel(Panel("submissions", panel.load))


@door.get("")
@allowed("submissions.see")
def index() -> Response:
    rows = (
        select(Submission, Form.slug, FormVersion.schema, Page.slug, PageVersion.content)
        .join(Form, Form.id == Submission.form_id)
        .join(FormVersion, FormVersion.id == Submission.form_version_id)
        .outerjoin(PageVersion, PageVersion.id == Submission.page_version_id)
        .outerjoin(Page, Page.id == PageVersion.page_id)
        .where(Submission.status == "held", Submission.pipeline.in_(pipelines_of(current_user().role)))
    )
    newest = rows.order_by(Submission.id.desc()).offset((page_number() - 1) * ROWS).limit(ROWS)
    found = db.session.execute(newest).all()
    return screen("submissions/held.html", rows=[_row(*one) for one in found], page=page_of(held_count()))


def held_count() -> int:
    mine = Submission.pipeline.in_(pipelines_of(current_user().role))
    return db.session.execute(select(func.count()).where(Submission.status == "held", mine)).scalar_one()


def _row(submission: Submission, form: str, schema: dict[str, Any], page: str | None, content: Any) -> dict[str, Any]:
    answers = submission.answers
    specs = FormSchema.from_json(schema).fields
    by_name = {spec.name: spec for spec in specs}
    emails, phones = ([spec.name for spec in specs if spec.type == kind] for kind in ("email", "phone"))
    return {
        "at": submission.received_at,
        "name": str(answers.get("name") or ""),
        "email": str(next((answers[name] for name in emails if name in answers), "")),
        "phone": str(next((answers[name] for name in phones if name in answers), "")),
        "form": panel.called(form, content),
        "page": panel.path_of(page),
        "reasons": [_(REASONS.get(one["check"], one["check"])) for one in submission.verdict],
        "fields": [_field(by_name.get(name), name, value) for name, value in answers.items()],
    }


def _field(spec: FieldSpec | None, name: str, value: Any) -> dict[str, str]:
    if spec is None:
        return {"label": name, "value": str(value)}
    label, said = in_locale(spec.label, spoken()) or name, panel.said(spec, value)
    # What a box asks is a sentence: too long for a label.
    if spec.type == "consent":
        return {"label": _("Consent"), "value": f"{said}: {label}"}
    return {"label": label, "value": said}
