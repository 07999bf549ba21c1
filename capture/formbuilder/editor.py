"""What the form editor's template reads: each field with its controls, and a blank one of each kind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from capture.console.posted import NEW
from capture.console.sentences import said
from capture.console.shapes import Control, controls_of, unplaced, wrong
from capture.core.speech import spoken
from capture.formbuilder.sitefile import FieldShape, FormShape
from capture.formbuilder.words import kind_in_words, kinds_in_words
from forms.texts import in_locale

Errors = Mapping[str, Sequence[str]]


def editor_of(item: Mapping[str, Any], *, frozen: Collection[str], errors: Errors) -> dict[str, Any]:
    fields = [_field(one, f"fields.{place}", frozen=frozen, errors=errors) for place, one in enumerate(item["fields"])]
    whole = controls_of(FormShape, item, errors=errors)
    return {
        "fields": fields,
        "blanks": [{"kind": kind, "field": _field({"type": kind.key}, f"fields.{NEW}")} for kind in kinds_in_words()],
        "wrong": wrong(whole),
        "more": unplaced(whole, {place: texts for place, texts in errors.items() if place != "_was"}),
        "overtaken": bool(errors.get("_was")),
    }


def _field(
    field: Mapping[str, Any], path: str, *, frozen: Collection[str] = (), errors: Errors | None = None
) -> dict[str, Any]:
    kind = kind_in_words(str(field.get("type")))
    found = {place: texts for place, texts in (errors or {}).items() if place.startswith(path)}
    controls = {one.name: one for one in controls_of(FieldShape, field, path=path, errors=found)}
    return {
        "path": path,
        "kind": kind,
        "label": in_locale(field.get("label"), spoken()),
        "required": bool(field.get("required")),
        "name": controls["name"],
        "is_frozen": field.get("name") in frozen,
        "controls": _suited(controls, kind.settings),
        "errors": [said(text) for text in found.get(path, ())],
        "is_open": bool(found),
    }


def _suited(controls: Mapping[str, Control], settings: Sequence[str]) -> list[Control]:
    """Only what a field of this kind has; the rest would be refused."""
    return [controls[name] for name in settings]
