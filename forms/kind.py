"""The contract of a field kind, and the register of all of them."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from wtforms.fields.core import UnboundField

from forms.schema import FieldSpec

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Context:
    """What a kind may know of the page around it: language, region of phone numbers, translations."""

    locale: str
    region: str
    translate: Translate = str


class FieldKind:
    """Turns text into a value and a value into text; knows no prices, no mails, no reports."""

    name: ClassVar[str] = ""
    settings: ClassVar[frozenset[str]] = frozenset({"name", "type", "label", "hint", "required"})
    examples: ClassVar[Mapping[str, Any]] = {}  # what a visitor sends → what is kept

    def field(self, spec: FieldSpec, context: Context) -> UnboundField[Any]:
        """The WTForms field; its messages are already in the visitor's language."""
        raise NotImplementedError

    def from_json(self, value: Any) -> str | None:
        """A JSON value as a browser would have sent it; None when it was not given; raises ValueError."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError
        return str(value)

    def problems(self, spec: FieldSpec) -> list[str]:
        """What is wrong with the settings of such a field, in plain words."""
        return []


_kinds: dict[str, FieldKind] = {}
_loading = threading.RLock()


def register(kind: type[FieldKind]) -> type[FieldKind]:
    """Class decorator; the same name twice stops the start."""
    if kind.name in _kinds:
        raise RuntimeError(f"Two field kinds are called {kind.name!r}.")
    _kinds[kind.name] = kind()
    return kind


def field_kinds() -> Mapping[str, FieldKind]:
    """Every kind by name. Whoever comes while they are being loaded waits: half a register would lose checks."""
    with _loading:
        _load()
    return _kinds


def kind_of(name: str) -> FieldKind:
    """The kind; stored data whose code is gone is kept as plain text."""
    return field_kinds().get(name) or field_kinds()["text"]


@cache
def _load() -> None:
    import forms.kinds

    for module in pkgutil.iter_modules(forms.kinds.__path__):
        importlib.import_module(f"forms.kinds.{module.name}")
