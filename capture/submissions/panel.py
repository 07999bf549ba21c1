"""What submissions show on a lead's page: the answers, each submission, and what was given in return."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.core.speech import _, spoken
from capture.formbuilder.models import Form, FormVersion
from capture.offers.models import Grant
from capture.pages.models import Page, PageVersion
from capture.submissions.models import Submission
from forms import FormSchema
from forms.schema import FieldSpec
from forms.texts import in_locale

MOST = 50
IN_HEAD = frozenset({"email", "phone", "name", "company"})


def load(lead_id: str) -> Mapping[str, Any]:
    rows = (
        select(Submission, Form.slug, FormVersion.schema, Page.slug, PageVersion.content, Grant.code)
        .join(Form, Form.id == Submission.form_id)
        .join(FormVersion, FormVersion.id == Submission.form_version_id)
        .outerjoin(PageVersion, PageVersion.id == Submission.page_version_id)
        .outerjoin(Page, Page.id == PageVersion.page_id)
        .outerjoin(Grant, Grant.submission_id == Submission.id)
    )
    mine = rows.where(Submission.lead_id == lead_id).order_by(Submission.id.desc()).limit(MOST)
    found = db.session.execute(mine).all()
    newest = found[0] if found else None
    return {
        "answers": _answers(newest[0], FormSchema.from_json(newest[2])) if newest else [],
        "need": _need(newest[0], FormSchema.from_json(newest[2])) if newest else "",
        "submissions": [
            {"at": one.received_at, "form": called(form, content), "page": path_of(page), "coupon": code or ""}
            for one, form, _s, page, content, code in found
        ],
        "sources": {
            one.id: _("Form “%(form)s”", form=called(form, content)) for one, form, _s, _p, content, _c in found
        },
        "timeline": [_entry(one, called(form, content), page) for one, form, _s, page, content, _c in found],
        **_labels([FormSchema.from_json(schema) for _o, _f, schema, *_rest in reversed(found)]),
    }


def called(form: str, content: Mapping[str, Any] | None) -> str:
    """A form as people know it: by the page that it stands on."""
    return (in_locale(content.get("title"), spoken()) if content else "") or form


def path_of(page: str | None) -> str:
    return f"/{page}" if page else ""


def _labels(schemas: Sequence[FormSchema]) -> dict[str, Any]:
    """What fields and their choices are called in the forms that this lead sent, the newest form last."""
    specs = {spec.name: spec for schema in schemas for spec in schema.fields}
    return {
        "labels": {name: in_locale(spec.label, spoken()) for name, spec in specs.items() if name not in IN_HEAD},
        "words": {name: words_of(spec) for name, spec in specs.items()},
    }


def words_of(spec: FieldSpec) -> dict[str, str]:
    return {option.value: in_locale(option.label, spoken()) or option.value for option in spec.options}


def _answers(submission: Submission, schema: FormSchema) -> list[dict[str, str]]:
    shown = [spec for spec in schema.fields if spec.name in submission.answers and _is_an_answer(spec)]
    return [
        {"label": in_locale(spec.label, spoken()) or spec.name, "value": said(spec, submission.answers[spec.name])}
        for spec in shown
    ]


def _is_an_answer(spec: FieldSpec) -> bool:
    return spec.name not in IN_HEAD and spec.type not in {"email", "phone", "consent", "textarea"}


def _need(submission: Submission, schema: FormSchema) -> str:
    texts = [str(submission.answers.get(spec.name) or "") for spec in schema.of_type("textarea")]
    return "\n".join(text for text in texts if text)


def said(spec: FieldSpec, value: Any) -> str:
    """An answer in the words of its form."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return words_of(spec).get(value) or str(value)


def _entry(submission: Submission, form: str, page: str | None) -> dict[str, Any]:
    title = _("Filled in the form %(form)s", form=form)
    text = path_of(page)
    return {
        "at": submission.received_at,
        "icon": "file-text",
        "kind": "gave",
        "order": 2,
        "title": title,
        "text": text,
        "points": 0,
    }
