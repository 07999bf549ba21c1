"""A shape as a form: what a marketer may set is written down once, and edited, applied and exported from there.

The names of inputs are paths (`blocks.0.items.2.title.vi`). `Field(title=…, description=…)` are the label and the help,
English texts to translate; `json_schema_extra` may name a `control`, the `words` of choices, and `rows` of a text.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from werkzeug.datastructures import MultiDict

from capture.core.speech import _
from capture.core.templates import moment_of

LOCALES = ("vi", "en")
NEW = "__new__"
PLAIN: Mapping[Any, str] = {str: "line", bool: "switch", int: "number", float: "number", datetime: "moment"}


@dataclass(frozen=True)
class Control:
    """One thing to set. `kind` names its macro in `parts/shape.html`; `parts` are a group's fields or a list's rows."""

    path: str
    kind: str
    label: str = ""
    help: str = ""
    value: Any = None
    required: bool = False
    errors: Sequence[str] = ()
    options: Sequence[tuple[str, str]] = ()
    parts: Sequence[Control] = ()
    blank: Control | None = None
    inner: str = "line"
    most: int | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return "c-" + self.path.replace(".", "-")

    @property
    def name(self) -> str:
        return self.path.rsplit(".", 1)[-1]

    @property
    def is_wrong(self) -> bool:
        """Whether something here or below is wrong: a folded group that hides an error opens."""
        return bool(self.errors) or any(part.is_wrong for part in self.parts)


def controls_of(
    shape: type[BaseModel],
    value: Mapping[str, Any],
    *,
    path: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
    only: Iterable[str] | None = None,
) -> list[Control]:
    """The controls of a shape's fields, filled; `errors` are by path, `only` names the fields wanted."""
    wanted = None if only is None else set(only)
    found = []
    for name, info in shape.model_fields.items():
        if wanted is not None and name not in wanted:
            continue
        control = _control(info, value.get(name), f"{path}.{name}" if path else name)
        if control is not None:
            found.append(_with_errors(control, errors or {}))
    return found


def value_of(
    shape: type[BaseModel], form: MultiDict[str, str], *, path: str = "", before: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The plain value that was posted; what has no control stays as it was `before`."""
    return _model_value(shape, nested(form, path), before or {})


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


def _control(info: FieldInfo, value: Any, path: str) -> Control | None:
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    annotation, optional = _unwrapped(info.annotation)
    told: dict[str, Any] = {
        "label": _(info.title) if info.title else "",
        "help": _(info.description) if info.description else "",
        "required": info.is_required() and not optional,
        "extra": extra,
    }
    kind = str(extra.get("control") or "")
    if kind == "none" or (not info.title and not kind):
        return None
    shown = info.default if value is None and not info.is_required() else value
    return replace(_made(annotation, shown, path, kind, extra), **told)


def _made(annotation: Any, value: Any, path: str, kind: str, extra: Mapping[str, Any]) -> Control:
    annotation, _optional = _unwrapped(annotation)
    if _is_text(annotation):
        return Control(path, "localised", value=_by_locale(value), inner=kind or "line")
    model = _model_in(annotation)
    if get_origin(annotation) is list:
        return _list(annotation, value or [], path, kind, extra)
    if model is not None:
        is_whole = isinstance(value, Mapping) and not (value and set(value) <= set(LOCALES))
        plain = value if is_whole else _as_model(model, value)
        return Control(path, kind or "group", parts=controls_of(model, plain, path=path), value=plain)
    if get_origin(annotation) is Literal:
        words = extra.get("words") or {}
        options = [(str(one), _(words.get(one, str(one)))) for one in get_args(annotation)]
        return Control(path, kind or "choice", value=value, options=options)
    return Control(path, kind or PLAIN.get(annotation, "line"), value=value)


def _list(annotation: Any, value: Sequence[Any], path: str, kind: str, extra: Mapping[str, Any]) -> Control:
    item = get_args(annotation)[0]
    inner = str(extra.get("item") or "")
    rows = [_made(item, one, f"{path}.{index}", inner, extra) for index, one in enumerate(value)]
    blank = _made(item, None, f"{path}.{NEW}", inner, extra)
    return Control(path, kind or "list", parts=rows, blank=blank, value=value)


def _with_errors(control: Control, errors: Mapping[str, Sequence[str]]) -> Control:
    parts = [_with_errors(part, errors) for part in control.parts]
    return replace(control, parts=parts, errors=[_(text) for text in errors.get(control.path, ())])


def _model_value(model: type[BaseModel], raw: Any, before: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    given = raw if isinstance(raw, Mapping) else {}
    for name, info in model.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        kind = str(extra.get("control") or "")
        if kind == "none" or (not info.title and not kind) or name not in given and not _can_be_empty(info.annotation):
            found = before.get(name)
        else:
            found = _plain(info.annotation, given.get(name), before.get(name), kind)
        if found is not None:
            made[name] = found
    return made


def _plain(annotation: Any, raw: Any, before: Any, kind: str = "") -> Any:
    """One posted value in the type of its field; None where nothing was set."""
    annotation, _optional = _unwrapped(annotation)
    if _is_text(annotation):
        return _text_value(raw)
    model = _model_in(annotation)
    if get_origin(annotation) is list:
        return _list_value(get_args(annotation)[0], raw, before)
    if model is not None:
        return _model_value(model, raw, before if isinstance(before, Mapping) else {}) or None
    if annotation is bool:
        return raw in {"y", "on", "true", "1"}
    text = str(raw).strip() if isinstance(raw, str) else ""
    if not text:
        return None
    if annotation is datetime:
        return moment_of(text)
    if annotation in {int, float} or kind == "number":
        return _number(text, annotation)
    return raw.replace("\r\n", "\n").strip() if isinstance(raw, str) else None


def _list_value(item: Any, raw: Any, before: Any) -> list[Any]:
    if isinstance(raw, str):  # one a line
        return [line.strip() for line in raw.splitlines() if line.strip()]
    rows = [(key, one) for key, one in (raw or {}).items() if key != NEW]
    old = before if isinstance(before, list) else []
    found = [_plain(item, one, old[int(key)] if key.isdigit() and int(key) < len(old) else None) for key, one in rows]
    return [one for one in found if one not in (None, {}, "")]


def _text_value(raw: Any) -> Any:
    if isinstance(raw, str):
        return raw.replace("\r\n", "\n").strip() or None
    kept = {one: str(raw[one]).replace("\r\n", "\n").strip() for one in LOCALES if raw and raw.get(one)}
    return {one: text for one, text in kept.items() if text} or None


def _number(text: str, annotation: Any) -> Any:
    try:
        return int(text) if annotation is int else float(text.replace(",", "."))
    except ValueError:
        return text  # the shape says what is allowed


def _by_locale(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {one: str(value.get(one) or "") for one in LOCALES}
    return dict.fromkeys(LOCALES, str(value or ""))


def _can_be_empty(annotation: Any) -> bool:
    """A switch that is off and a list without rows send nothing at all."""
    bare, _optional = _unwrapped(annotation)
    return bare is bool or get_origin(bare) is list


def _as_model(model: type[BaseModel], value: Any) -> dict[str, Any]:
    """A short form, such as a text where a point with a title is meant, as the long one."""
    if value is None:
        return {}
    return {next(iter(model.model_fields)): value}


def _is_text(annotation: Any) -> bool:
    parts = get_args(annotation)
    return str in parts and any(get_origin(one) is dict for one in parts) and _model_in(annotation) is None


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {Union, types.UnionType}:
        return next((found for one in get_args(annotation) if (found := _model_in(one))), None)
    return None


def _unwrapped(annotation: Any) -> tuple[Any, bool]:
    """Without `Annotated` and without `| None`; whether None was allowed."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    parts = get_args(annotation)
    if get_origin(annotation) in {Union, types.UnionType} and type(None) in parts:
        others = tuple(one for one in parts if one is not type(None))
        bare = others[0] if len(others) == 1 else Union[others]  # noqa: UP007 -- made at run time
        return _unwrapped(bare)[0], True
    return annotation, False
