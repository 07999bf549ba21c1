"""What was posted from a shape's form, as the plain value that the site file would have.

What nobody touched stays exactly as it was: a form shows a time to the minute and a text without its last line end,
so a control that comes back as it was shown gives back the value `before`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from capture.console.annotations import (
    can_be_empty,
    extra_of,
    has_short_form,
    is_list,
    is_literal,
    is_shown,
    is_text,
    model_in,
    unwrapped,
)
from capture.console.conditions import condition_of
from capture.core.templates import local_moment, moment_of

LOCALES = ("vi", "en")
NEW = "__new__"
SEVERAL_LINES = frozenset({"text", "markdown", "lines"})
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def value_of(
    shape: type[BaseModel],
    form: MultiDict[str, str],
    *,
    path: str = "",
    before: Mapping[str, Any] | None = None,
    only: Collection[str] | None = None,
) -> dict[str, Any]:
    """The plain value that was posted; what has no control, or is not among `only`, stays as it was `before`."""
    return _model_value(shape, nested(form, path), before or {}, only)


def nested(form: MultiDict[str, str], path: str = "") -> dict[str, Any]:
    """`{"a.0.b": "x"}` → `{"a": {"0": {"b": "x"}}}`; only names below `path`, in the order of the page."""
    found: dict[str, Any] = {}
    start = f"{path}." if path else ""
    for name, text in form.items(multi=True):
        if not name.startswith(start) or name.startswith("_"):
            continue
        steps = name[len(start) :].split(".")
        place = found
        for step in steps[:-1]:
            below = place.setdefault(step, {})
            if not isinstance(below, dict):
                break
            place = below
        else:
            place[steps[-1]] = text
    return found


def _model_value(
    model: type[BaseModel], raw: Any, before: Mapping[str, Any], only: Collection[str] | None = None
) -> dict[str, Any]:
    """What equals its default is left out, as `export` leaves it out, unless it was said before."""
    made: dict[str, Any] = {}
    given = raw if isinstance(raw, Mapping) else {}
    for name, info in model.model_fields.items():
        was = before.get(name)
        asked = is_shown(info) and (only is None or name in only)
        if not asked or (name not in given and not can_be_empty(info.annotation)):
            found = was
        else:
            found = _plain(info.annotation, given.get(name), was, extra_of(info))
        if found is not None and (found == was or found != info.get_default(call_default_factory=True)):
            made[name] = found
    return made


def _plain(annotation: Any, raw: Any, before: Any, extra: Mapping[str, Any]) -> Any:
    """One posted value in the type of its field; None where nothing was set."""
    annotation, _optional = unwrapped(annotation)
    kind = str(extra.get("control") or "")
    if kind == "condition":
        return condition_of(raw)
    if is_text(annotation):
        return _localised(raw, before, kind)
    if is_list(annotation):
        return _list_value(get_args(annotation)[0], raw, before, extra)
    if get_origin(annotation) is dict:
        return _amounts(raw)
    if model := model_in(annotation):
        return _model_or_short(annotation, model, raw, before)
    return _single(annotation, raw, before, kind)


def _single(annotation: Any, raw: Any, before: Any, kind: str) -> Any:
    if annotation is bool:
        return raw in {"y", "on", "true", "1"}
    text = _cleaned(raw)
    if not text:
        return None
    if annotation is datetime:
        return before if before and text == local_moment(before) else moment_of(text)
    if annotation in {int, float} or kind == "number":
        return _number(text, annotation)
    if is_literal(annotation):
        return next((one for one in get_args(annotation) if str(one) == text), text)
    return before if _was_shown_as(before, text, kind) else text


def _model_or_short(annotation: Any, model: type[BaseModel], raw: Any, before: Any) -> Any:
    first = next(iter(model.model_fields))
    was_whole = isinstance(before, Mapping) and not (before and set(before) <= set(LOCALES))
    was = before if was_whole else ({} if before is None else {first: before})
    made = _model_value(model, raw, was)
    if has_short_form(annotation) and set(made) == {first} and before is not None and not was_whole:
        return made[first]
    return made or None


def _list_value(item: Any, raw: Any, before: Any, extra: Mapping[str, Any]) -> list[Any]:
    old = before if isinstance(before, list) else []
    if isinstance(raw, str):  # one a line
        lines = [line.strip() for line in _cleaned(raw).splitlines() if line.strip()]
        return old if lines == [_cleaned(one) for one in old if isinstance(one, str)] and lines else lines
    inner = {"control": extra.get("item")}
    rows = [(key, one) for key, one in (raw or {}).items() if key != NEW]
    found = [_plain(item, one, _at(old, key), inner) for key, one in rows]
    kept = [one for one in found if one not in (None, {}, "")]
    if extra.get("control") == "ticks" and sorted(kept) == sorted(old):
        return old  # the order of ticks says nothing
    return kept


def _at(old: list[Any], key: str) -> Any:
    """Rows keep the number that they had, wherever they were moved to."""
    return old[int(key)] if key.isascii() and key.isdigit() and int(key) < len(old) else None


def _amounts(raw: Any) -> dict[str, Any] | None:
    given = raw if isinstance(raw, Mapping) else {}
    found = {name: _number(text, int) for name, one in given.items() if (text := _cleaned(one))}
    return found or None


def _localised(raw: Any, before: Any, kind: str) -> Any:
    """The same in every language is one text, unless it was a map before."""
    if not isinstance(raw, Mapping):
        return _cleaned(raw) or None
    texts = {one: _cleaned(raw.get(one)) for one in LOCALES}
    old = before if isinstance(before, Mapping) else dict.fromkeys(LOCALES, before)
    if before and all(_was_shown_as(old.get(one) or "", texts[one], kind) for one in LOCALES):
        return before
    if len(set(texts.values())) == 1 and not isinstance(before, Mapping):
        return texts[LOCALES[0]] or None
    return {one: text for one, text in texts.items() if text} or None


def _was_shown_as(before: Any, text: str, kind: str) -> bool:
    """A line in a form has no line ends: browsers take them out."""
    if not isinstance(before, str):
        return False
    whole = before if kind in SEVERAL_LINES else before.replace("\r", "").replace("\n", "")
    return _cleaned(whole) == text


def _cleaned(raw: Any) -> str:
    if not isinstance(raw, str):
        return ""
    return HIDDEN.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _number(text: str, annotation: Any) -> Any:
    try:
        return int(text) if annotation is int else float(text.replace(",", "."))
    except ValueError:
        return text  # the shape says what is allowed
