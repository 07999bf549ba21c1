"""Schema → WTForms class."""

from __future__ import annotations

from typing import Any

from wtforms import Field, Form

from forms.kind import Context, kind_of
from forms.schema import FieldSpec, FormSchema

# A stored field may be called `validate`, `data` or `errors`; under its own name it would take the place of the
# form's attribute, and with `validate` nothing would be checked. The input keeps the plain name.
PREFIX = "f_"


class CapturedForm(Form):  # type: ignore[misc]
    """A form that a marketer designed, filled or empty."""

    schema: FormSchema

    def field_of(self, spec: FieldSpec) -> Field:
        return self._fields[PREFIX + spec.name]

    @property
    def answers(self) -> dict[str, Any]:
        """Clean values by machine name."""
        return {spec.name: self.field_of(spec).data for spec in self.schema.fields}

    @property
    def problems(self) -> dict[str, list[str]]:
        """Messages by machine name, in the order of the form."""
        found = {spec.name: [str(text) for text in self.field_of(spec).errors] for spec in self.schema.fields}
        return {name: texts for name, texts in found.items() if texts}


def build_form(schema: FormSchema, context: Context) -> type[CapturedForm]:
    """The class of this schema in this language; made anew when the caller keeps nothing."""
    members: dict[str, Any] = {PREFIX + spec.name: kind_of(spec.type).field(spec, context) for spec in schema.fields}
    return type("CapturedForm", (CapturedForm,), {**members, "schema": schema})
