"""What a type annotation of a shape means for a form: text in languages, a list, a model, one of several."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

SCALARS = (str, int, float)


def extra_of(info: FieldInfo) -> Mapping[str, Any]:
    """`json_schema_extra`: what a shape says of its control."""
    return info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}


def is_shown(info: FieldInfo) -> bool:
    """Whether a field has a control: one that has a title, or names its control."""
    kind = extra_of(info).get("control")
    return kind != "none" and bool(info.title or kind)


def unwrapped(annotation: Any) -> tuple[Any, bool]:
    """Without `Annotated` and without `| None`; whether None was allowed."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    parts = get_args(annotation)
    if _is_union(annotation) and type(None) in parts:
        others = tuple(one for one in parts if one is not type(None))
        bare = others[0] if len(others) == 1 else Union[others]  # noqa: UP007 -- made at run time
        return unwrapped(bare)[0], True
    return annotation, False


def is_text(annotation: Any) -> bool:
    """A string, or a map of locales to strings; what may also be a model is shown as that."""
    parts = get_args(annotation)
    return str in parts and any(get_origin(one) is dict for one in parts) and model_in(annotation) is None


def is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list


def is_literal(annotation: Any) -> bool:
    return get_origin(annotation) is Literal


def model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a value may be, also where a short form is allowed beside it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if _is_union(annotation):
        return next((found for one in get_args(annotation) if (found := model_in(one))), None)
    return model_in(get_args(annotation)[0]) if get_origin(annotation) is Annotated else None


def has_short_form(annotation: Any) -> bool:
    """A text or number may stand for the model with nothing but its first field."""
    return _is_union(annotation) and any(unwrapped(one)[0] in SCALARS for one in get_args(annotation))


def can_be_empty(annotation: Any) -> bool:
    """A switch that is off and a list without rows send nothing at all."""
    bare, _optional = unwrapped(annotation)
    return bare is bool or is_list(bare)


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in {Union, types.UnionType}
