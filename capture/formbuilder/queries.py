"""Forms as the public paths know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from capture.core.db import db
from capture.formbuilder.models import Form, FormVersion
from capture.sites.revision import of_revision
from forms import FormSchema, build_form
from forms.builder import CapturedForm
from forms.kind import Context


@dataclass(frozen=True, eq=False)
class FormNow:
    """The published version of a form."""

    id: str
    site_id: str
    slug: str
    pipeline: str
    version_id: str
    number: int
    schema: FormSchema
    _classes: dict[Context, type[CapturedForm]] = field(default_factory=dict)

    def class_in(self, context: Context) -> type[CapturedForm]:
        """The WTForms class in a language; made once, as making it costs more than filling it."""
        if context not in self._classes:
            self._classes[context] = build_form(self.schema, context)
        return self._classes[context]


@of_revision
def forms() -> Mapping[str, FormNow]:
    """Every form that is not retired, by id."""
    rows = select(Form, FormVersion).join(
        FormVersion, (FormVersion.form_id == Form.id) & (FormVersion.number == Form.version)
    )
    found = db.session.execute(rows.where(Form.retired_at.is_(None))).all()
    return {form.id: _now(form, version) for form, version in found}


@of_revision
def forms_by_slug() -> Mapping[tuple[str, str], FormNow]:
    """By (site id, slug)."""
    return {(form.site_id, form.slug): form for form in forms().values()}


def _now(form: Form, version: FormVersion) -> FormNow:
    return FormNow(
        id=form.id,
        site_id=form.site_id,
        slug=form.slug,
        pipeline=form.pipeline,
        version_id=version.id,
        number=version.number,
        schema=FormSchema.from_json(version.schema),
    )
