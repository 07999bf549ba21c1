"""The only shape that a form has: frozen dataclasses, to and from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from forms.texts import Text


@dataclass(frozen=True)
class Option:
    """One choice of a select: the stored value and what the visitor reads."""

    value: str
    label: Text = None


@dataclass(frozen=True)
class FieldSpec:
    """One field. `name` is its machine name, frozen when the form is first published."""

    name: str
    type: str
    label: Text = None
    hint: Text = None
    required: bool = False
    options: tuple[Option, ...] = ()
    purpose: str | None = None
    value: str | None = None
    max_length: int | None = None

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        known = {item.name for item in fields(cls)}
        values = {name: value for name, value in stored.items() if name in known}
        values["options"] = tuple(Option(**option) for option in stored.get("options") or ())
        return cls(**values)


@dataclass(frozen=True)
class FormSchema:
    """What a form asks, in order."""

    fields: tuple[FieldSpec, ...] = field(default=())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        return cls(fields=tuple(FieldSpec.from_json(one) for one in stored.get("fields") or ()))

    def to_json(self) -> dict[str, Any]:
        """Plain values, without what was left at its default."""
        return {"fields": [_without_defaults(one) for one in self.fields]}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(one.name for one in self.fields)

    def of_type(self, kind: str) -> tuple[FieldSpec, ...]:
        return tuple(one for one in self.fields if one.type == kind)


def _without_defaults(spec: FieldSpec) -> dict[str, Any]:
    plain = asdict(spec)
    kept = {name: value for name, value in plain.items() if value not in (None, False, (), [])}
    if spec.options:
        kept["options"] = [asdict(option) for option in spec.options]
    return kept
