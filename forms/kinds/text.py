"""Plain words: one line, several lines, or a value that the page carries."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from forms.kind import Context, FieldKind, register
from forms.schema import FieldSpec
from forms.validators import answered, cleaned_line, cleaned_text, no_longer_than

LINE_LENGTH = 255
TEXT_LENGTH = 5_000


@register
class Line(FieldKind):
    name = "text"
    settings = FieldKind.settings | {"max_length"}
    examples = {"  Nguyễn  An ": "Nguyễn An", "a\x00b": "ab"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        limit = spec.max_length or LINE_LENGTH
        checks = [*answered(spec, context), no_longer_than(limit, context)]
        return StringField(name=spec.name, validators=checks, filters=[cleaned_line])


@register
class Paragraphs(FieldKind):
    name = "textarea"
    settings = FieldKind.settings | {"max_length"}
    examples = {"one\r\ntwo": "one\ntwo"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        limit = spec.max_length or TEXT_LENGTH
        checks = [*answered(spec, context), no_longer_than(limit, context)]
        return TextAreaField(name=spec.name, validators=checks, filters=[cleaned_text])


@register
class Hidden(FieldKind):
    name = "hidden"
    settings = frozenset({"name", "type", "label", "value", "max_length"})
    examples = {"spring": "spring"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        limit = spec.max_length or LINE_LENGTH
        return HiddenField(name=spec.name, validators=[no_longer_than(limit, context)], filters=[cleaned_line])
