"""A condition as rows of a form: `fact operator value`, joined by all or any, nested once; anything deeper as JSON.

What is written in a row is read back exactly: a text that would read as a number, as yes or no, or that has spaces
at its ends stands in quotes, as it would in the site file.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

JOINS = ("all", "any")
LISTS = frozenset({"in", "not_in"})
WITHOUT_VALUE = frozenset({"present", "absent"})
NEW, LIST = "__new__", "__name__"
ITEM = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[^,]+)')
SCALARS = (str, int, float, type(None))


@dataclass(frozen=True)
class Row:
    """A comparison, or with `rows` a group. `at` is its place in the condition, `name` its place in the form."""

    at: str
    name: str
    fact: str = ""
    operator: str = ""
    value: str = ""
    join: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Shown:
    """`alone`: one comparison without a list around it. `text` instead of rows for what is too deep for them."""

    join: str
    alone: bool
    rows: tuple[Row, ...]
    text: str | None = None


def shown(condition: Any, path: str) -> Shown:
    """A condition as the form has it; `path` is where it stands in both."""
    name = f"{path}.rows"
    if not condition:
        return Shown("all", True, ())
    if _is_comparison(condition):
        return Shown("all", True, (_row(condition, path, f"{name}.0"),))
    found = _joined(condition)
    if found is None or not all(_is_comparison(one) or _is_flat(one) for one in found[1]):
        text = condition if isinstance(condition, str) else json.dumps(condition, ensure_ascii=False, indent=2)
        return Shown("all", False, (), text)
    join, parts = found
    rows = [_row_or_group(one, f"{path}.{join}.{n}", f"{name}.{n}") for n, one in enumerate(parts)]
    return Shown(join, False, tuple(rows))


def blanks() -> tuple[Row, Row]:
    """A comparison and a group that nothing was written into yet; the script puts the name of their list in."""
    name = f"{LIST}.{NEW}"
    return Row(NEW, name), Row(NEW, name, join="all")


def condition_of(raw: Any) -> Any:
    """What was posted as a condition; None where there is none, a text where it is no JSON."""
    if not isinstance(raw, Mapping):
        return None
    if isinstance(text := raw.get("text"), str):
        return _parsed(text.strip())
    parts = _parts(raw)
    if len(parts) == 1 and raw.get("alone") and "fact" in parts[0]:
        return parts[0]
    return {_join(raw): parts} if parts else None


def written(value: Any) -> str:
    """A value as it stands in a row."""
    if isinstance(value, list):
        return ", ".join(_written_item(one) for one in value)
    return _quoted_unless(value, _read(str(value)) == value) if isinstance(value, str) else _bare(value)


def read(text: str, operator: str) -> Any:
    """The value of a row, in the type that the operator takes."""
    if operator in WITHOUT_VALUE:
        return True
    if operator in LISTS:
        items = [_read(one) for one in ITEM.findall(text)]
        return [one for one in items if one is not None]
    return _read(text)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _parts(raw: Mapping[str, Any]) -> list[Any]:
    rows = raw.get("rows")
    found = [_part(one) for key, one in rows.items() if key != NEW] if isinstance(rows, Mapping) else []
    return [one for one in found if one]


def _part(raw: Any) -> dict[str, Any] | None:
    if not isinstance(raw, Mapping):
        return None
    if "join" in raw:
        parts = _parts(raw)
        return {_join(raw): parts} if parts else None
    fact, operator = str(raw.get("fact") or "").strip(), str(raw.get("operator") or "eq")
    if not fact:
        return None
    return {"fact": fact, operator: read(str(raw.get("value") or ""), operator)}


def _join(raw: Mapping[str, Any]) -> str:
    return "any" if raw.get("join") == "any" else "all"


def _joined(condition: Any) -> tuple[str, Sequence[Any]] | None:
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return None
    word, parts = next(iter(condition.items()))
    return (word, parts) if word in JOINS and isinstance(parts, list) and parts else None


def _is_flat(condition: Any) -> bool:
    found = _joined(condition)
    return found is not None and all(_is_comparison(one) for one in found[1])


def _is_comparison(condition: Any) -> bool:
    if not isinstance(condition, Mapping) or len(condition) != 2 or not isinstance(condition.get("fact"), str):
        return False
    operator, value = next((name, value) for name, value in condition.items() if name != "fact")
    if operator in WITHOUT_VALUE:
        return value is True
    if operator in LISTS:
        return isinstance(value, list) and None not in value and all(isinstance(one, SCALARS) for one in value)
    return isinstance(value, SCALARS)


def _row_or_group(part: Any, at: str, name: str) -> Row:
    found = _joined(part)
    return _group(found, at, name) if found else _row(part, at, name)


def _group(found: tuple[str, Sequence[Any]], at: str, name: str) -> Row:
    join, parts = found
    rows = tuple(_row(one, f"{at}.{join}.{n}", f"{name}.rows.{n}") for n, one in enumerate(parts))
    return Row(at, name, join=join, rows=rows)


def _row(comparison: Mapping[str, Any], at: str, name: str) -> Row:
    operator, value = next((word, value) for word, value in comparison.items() if word != "fact")
    text = "" if operator in WITHOUT_VALUE else written(value)
    return Row(at, name, str(comparison["fact"]), operator, text)


def _written_item(value: Any) -> str:
    if not isinstance(value, str):
        return _bare(value)
    return _quoted_unless(value, not {",", '"'} & {*value} and _read(value) == value)


def _bare(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value)


def _quoted_unless(value: str, is_plain: bool) -> str:
    """A line end in a field of one line would be gone on the way back."""
    is_plain = is_plain and "\n" not in value and isinstance(_read(value), str)
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _read(text: str) -> Any:
    text = text.strip()
    if text in {"true", "false"}:
        return text == "true"
    if text.startswith('"'):
        quoted = _parsed(text)
        return quoted if isinstance(quoted, str) else text
    return _number(text) if _number(text) is not None else (text or None)


def _number(text: str) -> int | float | None:
    """Only what is written as we would write it: `0912` is a telephone number's beginning, not 912."""
    for kind in (int, float):
        try:
            number = kind(text)
        except ValueError:
            continue
        if repr(number) == text and (kind is int or math.isfinite(number)):
            return number
    return None
