"""What pydantic says about a shape, in our words: where it is, and what is allowed there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from capture.sites.section import Problem

SAID = {
    "union_tag_invalid": "there is no {tag}; allowed are {expected_tags}",
    "union_tag_not_found": "name the kind with {discriminator}",
    "too_short": "at least {min_length} of them; here are {actual_length}",
    "too_long": "at most {max_length} of them; here are {actual_length}",
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "string_type": "a text",
    "int_type": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a table of names and values",
    "model_type": "a table of names and values",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "literal_error": "allowed are {expected}",
}


def problems_in(error: ValidationError, tree: Any, shape: Any) -> list[Problem]:
    """Every problem once, at its place in `tree`."""
    found = [Problem(_location(one, tree), _allowed(one, shape)) for one in error.errors()]
    return list(dict.fromkeys(found))


def errors_by_path(problems: Sequence[Problem]) -> dict[str, list[str]]:
    """`fields.0.name` → what is wrong there; the empty path is the whole."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        errors.setdefault(".".join(map(str, problem.path)), []).append(problem.text)
    return errors


def steps_of(path: str) -> tuple[str | int, ...]:
    """`.all[1].gte`, as the form kit says where, as steps."""
    parts = path.replace("]", "").replace("[", ".").split(".")
    return tuple(int(part) if part.isdigit() else part for part in parts if part)


def _location(error: Any, tree: Any) -> tuple[str | int, ...]:
    """Pydantic's path without the names of union members, which are not in what was written."""
    found: list[str | int] = []
    loc = error["loc"]
    for step in loc:
        is_name = isinstance(tree, dict) and step in tree
        is_place = isinstance(tree, list) and isinstance(step, int) and step < len(tree)
        if is_name or is_place:
            tree = tree[step]
            found.append(step)
    if error["type"] == "missing":
        found.append(loc[-1])
    return tuple(found)


def _allowed(error: Any, shape: Any) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        return f"unknown name; allowed are {', '.join(_names(shape, error['loc'][:-1]))}"
    if kind == "missing":
        return "this is required"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return _pattern(error)
    if kind in SAID:
        return SAID[kind].format(**error.get("ctx", {}))
    return message[0].lower() + message[1:]


def _pattern(error: Any) -> str:
    pattern = str(error["ctx"]["pattern"])
    if error["loc"][-1] == "slug":
        return "small letters, digits and -, 1 to 64 characters"
    if pattern.startswith("^[a-z"):
        return "small letters, digits and -, 1 to 63 characters, the first no sign"
    starts = re.fullmatch(r"\^\(([^()\[\]]+)\)", pattern)
    if starts:
        return f"it begins with one of {', '.join(starts[1].replace('https?', 'https').split('|'))}"
    return f"it has to match {pattern}"


def _names(model: Any, loc: Sequence[str | int]) -> list[str]:
    """The names that a shape allows at a path, found by walking the annotations."""
    for step in loc:
        if isinstance(step, int):
            continue
        fields = getattr(model, "model_fields", None)
        if fields is None or step not in fields:
            continue
        model = _model_in(fields[step].annotation) or model
    return sorted(field.alias or name for name, field in getattr(model, "model_fields", {}).items())


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found:
            return found
    return None
