"""A form as it was posted by its editor: not saved yet, maybe not even sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from capture.console.posted import nested, value_of
from capture.formbuilder.names import free, name_of, plain_word
from capture.formbuilder.sitefile import FormShape
from forms import FormSchema
from forms.texts import in_locale


def draft_of(form: MultiDict[str, str], before: Mapping[str, Any]) -> dict[str, Any]:
    """The item with a machine name for each field and each answer that has none yet."""
    item = value_of(FormShape, form, before=before)
    fields = [dict(one) for one in item.get("fields") or []]
    taken = {str(one["name"]) for one in fields if one.get("name")}
    for field in fields:
        if not field.get("name"):
            field["name"] = name_of(str(field.get("type")), field.get("label"), taken)
            taken.add(field["name"])
        if field.get("options"):
            field["options"] = _with_values(field["options"])
    return {**item, "fields": fields}


def schema_of(item: Mapping[str, Any]) -> FormSchema:
    """The schema as visitors would have it; what cannot be shown is left out."""
    fields = [{**one, "options": _as_maps(one.get("options") or [])} for one in item["fields"] if one.get("type")]
    return FormSchema.from_json({"fields": [one for one in fields if _is_plain(one)]})


def renamed(form: MultiDict[str, str], item: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, str]:
    """Path → the name that a published field had and would lose."""
    old = before.get("fields") or []
    keys = [key for key in nested(form).get("fields", {}) if not key.startswith("__")]
    wrong = {}
    for place, (key, field) in enumerate(zip(keys, item["fields"], strict=False)):
        if key.isascii() and key.isdigit() and int(key) < len(old) and old[int(key)]["name"] != field["name"]:
            wrong[f"fields.{place}.name"] = str(old[int(key)]["name"])
    return wrong


def _with_values(options: list[Any]) -> list[Any]:
    taken = {one if isinstance(one, str) else one.get("value") for one in options}
    made = []
    for one in options:
        if isinstance(one, Mapping) and not one.get("value"):
            word = plain_word(in_locale(one.get("label"), "en"), "-") or "option"
            one = {"value": free(word, {str(name) for name in taken}, "-"), **one}
            taken.add(one["value"])
        made.append(one)
    return made


def _as_maps(options: list[Any]) -> list[dict[str, Any]]:
    return [{"value": one} if isinstance(one, str) else {"label": None, **one} for one in options]


def _is_plain(field: Mapping[str, Any]) -> bool:
    return isinstance(field.get("max_length"), int | None)
