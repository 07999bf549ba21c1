"""A shape as a form: what a marketer may set is written down once, and edited, applied and exported from there.

The names of inputs are paths (`blocks.0.items.2.title.vi`). `Field(title=…, description=…)` are the label and the help,
English texts to translate. `json_schema_extra` may name a `control`, the `words` of choices and their `hints`, the
`rows` of a text, the control of each `item` of a list, the word for `nothing`, and `suggest`, a kind of choices that a
line proposes. `posted.value_of` reads the form back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from capture.console.annotations import extra_of, is_list, is_literal, is_shown, is_text, model_in, unwrapped
from capture.console.conditions import shown
from capture.console.posted import LOCALES, NEW, nested, value_of
from capture.console.sentences import said
from capture.core.speech import _

__all__ = ["LOCALES", "NEW", "Control", "controls_of", "nested", "unplaced", "value_of", "wrong"]

PLAIN: Mapping[Any, str] = {str: "line", bool: "switch", int: "number", float: "number", datetime: "moment"}


@dataclass(frozen=True)
class Option:
    """One choice: what is kept, what is read, and what it means."""

    key: str
    word: str
    hint: str = ""

    def __iter__(self) -> Iterator[str]:
        return iter((self.key, self.word))


@dataclass(frozen=True)
class Control:
    """One thing to set. `kind` names its macro in `parts/shape.html`; `parts` are a group's fields or a list's rows."""

    path: str
    kind: str
    label: str = ""
    help: str = ""
    value: Any = None
    required: bool = False
    optional: bool = False
    errors: Sequence[str] = ()
    below: Mapping[str, Sequence[str]] = field(default_factory=dict)
    options: Sequence[Option] = ()
    parts: Sequence[Control] = ()
    blank: Control | None = None
    inner: str = "line"
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
        return bool(self.errors) or bool(self.below) or any(part.is_wrong for part in self.parts)

    @property
    def condition(self) -> Any:
        """The rows of a condition."""
        return shown(self.value, self.path)

    def errors_at(self, place: str) -> list[str]:
        """What is wrong at a place inside a condition, and below it."""
        return [text for path, texts in self.below.items() if _is_within(path, place) for text in texts]


def controls_of(
    shape: type[BaseModel],
    value: Mapping[str, Any],
    *,
    path: str = "",
    errors: Mapping[str, Sequence[str]] | None = None,
    only: Iterable[str] | None = None,
) -> list[Control]:
    """The controls of a shape's fields, filled; `errors` are by path, `only` names the fields wanted, in that order."""
    names = list(shape.model_fields) if only is None else [one for one in only if one in shape.model_fields]
    asked = [(name, shape.model_fields[name]) for name in names if is_shown(shape.model_fields[name])]
    made = [_control(info, value.get(name), f"{path}.{name}" if path else name) for name, info in asked]
    return [_with_errors(control, errors) for control in made] if errors else made


def wrong(controls: Iterable[Control]) -> list[Control]:
    """What is wrong, each at its own control, for the summary above a form."""
    found: list[Control] = []
    for control in controls:
        found += [control] if control.errors or control.below else []
        found += [replace(one, label=one.label or control.label) for one in wrong(control.parts)]
    return found


def unplaced(controls: Iterable[Control], errors: Mapping[str, Sequence[str]]) -> list[str]:
    """What is wrong with the whole, or with something that this form does not show."""
    paths = [control.path for control in controls]
    return [
        said(text)
        for place, texts in errors.items()
        if not any(_is_within(place, path) for path in paths)
        for text in texts
    ]


def _control(info: FieldInfo, value: Any, path: str) -> Control:
    extra = extra_of(info)
    annotation, optional = unwrapped(info.annotation)
    told: dict[str, Any] = {
        "label": _(info.title) if info.title else "",
        "help": _(info.description) if info.description else "",
        "required": info.is_required() and not optional,
        "optional": optional or (not info.is_required() and _is_nothing(info)),
        "extra": extra,
    }
    initial = info.get_default(call_default_factory=True) if value is None and not info.is_required() else value
    return replace(_made(annotation, initial, path, str(extra.get("control") or ""), extra), **told)


def _is_nothing(info: FieldInfo) -> bool:
    """Whether leaving it empty is what happens anyway."""
    return info.get_default(call_default_factory=True) in (None, "")


def _made(annotation: Any, value: Any, path: str, kind: str, extra: Mapping[str, Any]) -> Control:
    annotation, _optional = unwrapped(annotation)
    if kind == "condition":
        return Control(path, kind, value=value)
    if is_text(annotation):
        return Control(path, "localised", value=_by_locale(value), inner=kind or "line")
    if kind == "ticks":
        return Control(path, kind, value=value or [], options=_ticks(value or [], extra))
    if is_list(annotation):
        return _list(annotation, value or [], path, kind, extra)
    if get_origin(annotation) is dict:
        return Control(path, kind or "amounts", value=value or {}, options=_options(_keys(annotation), extra))
    if model := model_in(annotation):
        is_whole = isinstance(value, Mapping) and not (value and set(value) <= set(LOCALES))
        plain = value if is_whole else _as_model(model, value)
        return Control(path, kind or "group", parts=controls_of(model, plain, path=path), value=plain)
    if is_literal(annotation):
        return Control(path, kind or "choice", value=value, options=_options(get_args(annotation), extra))
    return Control(path, kind or PLAIN.get(annotation, "line"), value=value)


def _list(annotation: Any, value: Sequence[Any], path: str, kind: str, extra: Mapping[str, Any]) -> Control:
    item = get_args(annotation)[0]
    inner = str(extra.get("item") or "")
    rows = [_made(item, one, f"{path}.{index}", inner, extra) for index, one in enumerate(value)]
    blank = _made(item, None, f"{path}.{NEW}", inner, extra)
    return Control(path, kind or "list", parts=rows, blank=blank, value=value)


def _options(keys: Iterable[Any], extra: Mapping[str, Any]) -> list[Option]:
    words, hints = extra.get("words") or {}, extra.get("hints") or {}
    return [Option(str(one), _(words.get(one, str(one))), _(hints[one]) if one in hints else "") for one in keys]


def _ticks(value: Sequence[str], extra: Mapping[str, Any]) -> list[Option]:
    """What is offered, and what was set before it was no longer offered."""
    return _options(dict.fromkeys([*(extra.get("words") or {}), *value]), extra)


def _keys(annotation: Any) -> tuple[Any, ...]:
    return get_args(get_args(annotation)[0])


def _with_errors(control: Control, errors: Mapping[str, Sequence[str]]) -> Control:
    """Each error at the innermost control that shows its place."""
    mine = {place: [said(one) for one in texts] for place, texts in errors.items() if _is_within(place, control.path)}
    parts = [_with_errors(part, mine) for part in control.parts]
    left = {place: texts for place, texts in mine.items() if not any(_is_within(place, one.path) for one in parts)}
    if control.kind == "condition":
        return replace(control, below=left)
    return replace(control, parts=parts, errors=list(dict.fromkeys(one for texts in left.values() for one in texts)))


def _is_within(place: str, path: str) -> bool:
    return place == path or place.startswith(path + ".")


def _by_locale(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return {one: str(value.get(one) or "") for one in LOCALES}
    return dict.fromkeys(LOCALES, str(value or ""))


def _as_model(model: type[BaseModel], value: Any) -> dict[str, Any]:
    """A short form, such as a text where a point with a title is meant, as the long one."""
    if value is None:
        return {}
    return {next(iter(model.model_fields)): value}
