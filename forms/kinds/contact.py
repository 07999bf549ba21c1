"""Email and phone: checked by the libraries that know them, kept in one normal notation."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, TelField
from wtforms.fields.core import UnboundField

from forms.kind import Context, FieldKind, register
from forms.schema import FieldSpec
from forms.validators import EmailAddress, PhoneNumber, answered, cleaned_line


@register
class Email(FieldKind):
    name = "email"
    examples = {" An@Example.COM ": "An@example.com"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        return EmailField(
            name=spec.name, validators=[*answered(spec, context), EmailAddress(context)], filters=[cleaned_line]
        )


@register
class Phone(FieldKind):
    """Kept as E.164, read with the site's region."""

    name = "phone"
    examples = {"0912 345 678": "+84912345678", "+1 415 200 0000": "+14152000000"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        return TelField(
            name=spec.name, validators=[*answered(spec, context), PhoneNumber(context)], filters=[cleaned_line]
        )
