"""One of several, or yes and no."""

from __future__ import annotations

from typing import Any

from wtforms import SelectChoice, SelectField
from wtforms.fields.core import UnboundField

from forms.kind import Context, FieldKind, register
from forms.schema import FieldSpec
from forms.texts import in_locale
from forms.validators import Ticked, TickField, answered, one_of


@register
class Select(FieldKind):
    name = "select"
    settings = FieldKind.settings | {"options"}
    examples = {"a": "a"}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        choices = [SelectChoice("", "")]
        choices += [SelectChoice(one.value, in_locale(one.label, context.locale) or one.value) for one in spec.options]
        checks = [*answered(spec, context), one_of(spec, context)]
        return SelectField(name=spec.name, choices=choices, validators=checks, validate_choice=False)

    def problems(self, spec: FieldSpec) -> list[str]:
        values = [option.value for option in spec.options]
        if not values:
            return ["a select needs `options`"]
        return ["two options have the same value"] if len(set(values)) < len(values) else []


@register
class Checkbox(FieldKind):
    """True or False."""

    name = "checkbox"
    examples = {"y": True, "on": True, "": False, "no": False}

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        return TickField(name=spec.name, validators=[Ticked(context)] if spec.required else [])

    def from_json(self, value: Any) -> str | None:
        """Given only by `true`: a text that looks like yes is not a yes in JSON."""
        return "y" if value is True else None


@register
class Consent(Checkbox):
    """A checkbox whose wording is kept with the answer, for one purpose."""

    name = "consent"
    settings = FieldKind.settings | {"purpose"}

    def problems(self, spec: FieldSpec) -> list[str]:
        return [] if spec.purpose else ["a consent needs a `purpose`, for instance `marketing`"]
