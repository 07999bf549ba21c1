"""The one condition language: form logic, scoring, destination filters and segments.

A condition is `{fact: NAME, OPERATOR: value}`, `{all: […]}`, `{any: […]}` or `{not: …}`. It is true, false or
unknown (None): a comparison with a fact that was not measured is unknown, and so is `not` of it; only `absent`
is true of it. Unknown is Kleene's third value: it gives no points and opens no door.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from typing import Any

Facts = Mapping[str, Any]
Test = Callable[[Facts], bool | None]

DEEPEST = 20
FACTS = frozenset(
    ["channel", "source", "medium", "campaign", "page_views", "engaged_seconds", "visits", "offer.kind"]
)  # fmt: skip
CHECKS: Mapping[str, tuple[str, ...]] = {
    "email.": ("valid", "free", "disposable", "role", "company", "domain"),
    "phone.": ("valid", "mobile", "region"),
}
# Facts of a name of one's own: a field, a path, a kind.
NAMED = {"answers.": "<field>", "page_views.": "/<path>", "touch.": "<kind>"}


def holds(condition: Mapping[str, Any], facts: Facts) -> bool | None:
    """Whether `condition` is true of `facts`; None when it cannot be known."""
    return test_of(condition)(facts)


def test_of(condition: Mapping[str, Any]) -> Test:
    """The condition as a function of facts, for those who ask it of every lead."""
    for word, join in (("all", _every), ("any", _some)):
        if word in condition:
            return _joined(join, [test_of(one) for one in condition[word]])
    if "not" in condition:
        inner = test_of(condition["not"])
        return lambda facts: _opposite(inner(facts))
    return _comparison(condition)


def problems_with(
    condition: Any, path: str = "", depth: int = 0, *, answers: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Pairs of (path, what is wrong and what is allowed); empty when the condition can be used.

    `answers` are the names of fields that exist, where that is known.
    """
    if not isinstance(condition, Mapping) or not condition:
        return [(path, "a condition is `{fact: NAME, OPERATOR: value}`, `all`, `any` or `not`")]
    if depth > DEEPEST:
        return [(path, f"conditions nest at most {DEEPEST} deep")]
    for word in ("all", "any"):
        if word in condition:
            return _problems_of_list(word, condition, path, depth, answers)
    if "not" in condition:
        alone = _alone("not", condition, path)
        return alone or problems_with(condition["not"], f"{path}.not", depth + 1, answers=answers)
    return _problems_of_comparison(condition, path, answers)


def _every(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _some(values: list[bool | None]) -> bool | None:
    if True in values:
        return True
    return None if None in values else False


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


def _joined(join: Callable[[list[bool | None]], bool | None], tests: list[Test]) -> Test:
    return lambda facts: join([test(facts) for test in tests])


def _comparison(condition: Mapping[str, Any]) -> Test:
    fact = condition["fact"]
    operator, wanted = next((name, value) for name, value in condition.items() if name != "fact")
    if operator == "present":
        return lambda facts: facts.get(fact) is not None
    if operator == "absent":
        return lambda facts: facts.get(fact) is None
    compare = _OPERATORS[operator]

    def test(facts: Facts) -> bool | None:
        measured = facts.get(fact)
        return None if measured is None else compare(measured, wanted)

    return test


def _equal(measured: Any, wanted: Any) -> bool:
    if isinstance(measured, str) and isinstance(wanted, str):
        return measured.casefold() == wanted.casefold()
    if isinstance(measured, bool) or isinstance(wanted, bool):
        return measured is wanted
    number, other = _number(measured), _number(wanted)
    return number == other if number is not None and other is not None else bool(measured == wanted)


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _ordered(test: Callable[[float, float], bool]) -> Callable[[Any, Any], bool | None]:
    def compare(measured: Any, wanted: Any) -> bool | None:
        number, limit = _number(measured), _number(wanted)
        return None if number is None or limit is None else test(number, limit)

    return compare


def _texts(measured: Any) -> list[str]:
    values = measured if isinstance(measured, list | tuple) else [measured]
    return [str(value).casefold() for value in values]


_OPERATORS: Mapping[str, Callable[[Any, Any], bool | None]] = {
    "eq": _equal,
    "ne": lambda measured, wanted: not _equal(measured, wanted),
    "gt": _ordered(lambda a, b: a > b),
    "gte": _ordered(lambda a, b: a >= b),
    "lt": _ordered(lambda a, b: a < b),
    "lte": _ordered(lambda a, b: a <= b),
    "in": lambda measured, wanted: any(_equal(measured, one) for one in wanted),
    "not_in": lambda measured, wanted: not any(_equal(measured, one) for one in wanted),
    "contains": lambda measured, wanted: any(str(wanted).casefold() in text for text in _texts(measured)),
    "starts_with": lambda measured, wanted: any(text.startswith(str(wanted).casefold()) for text in _texts(measured)),
}
OPERATORS = (*_OPERATORS, "present", "absent")


def _problems_of_list(
    word: str, condition: Mapping[str, Any], path: str, depth: int, answers: Collection[str] | None
) -> list[tuple[str, str]]:
    parts = condition[word]
    if not isinstance(parts, list) or not parts:
        return [(f"{path}.{word}", f"`{word}` takes a list of conditions")]
    found = _alone(word, condition, path)
    for index, part in enumerate(parts):
        found += problems_with(part, f"{path}.{word}[{index}]", depth + 1, answers=answers)
    return found


def _alone(word: str, condition: Mapping[str, Any], path: str) -> list[tuple[str, str]]:
    return [(path, f"`{word}` stands alone")] if len(condition) > 1 else []


def _problems_of_comparison(
    condition: Mapping[str, Any], path: str, answers: Collection[str] | None
) -> list[tuple[str, str]]:
    if (problem := _problem_of_fact(condition.get("fact"), answers)) is not None:
        return [(f"{path}.fact", problem)]
    others = [name for name in condition if name != "fact"]
    if len(others) != 1 or others[0] not in OPERATORS:
        return [(path, "one operator beside `fact`; allowed are " + ", ".join(OPERATORS))]
    return _problems_of_value(others[0], condition[others[0]], f"{path}.{others[0]}")


def _problem_of_fact(fact: Any, answers: Collection[str] | None) -> str | None:
    """What is wrong with the name of a fact, and which are allowed."""
    if not isinstance(fact, str):
        return "a fact is a name"
    family, name = fact[: fact.find(".") + 1], fact.partition(".")[2]
    if family in CHECKS:
        allowed = ", ".join(family + one for one in CHECKS[family])
        return None if name in CHECKS[family] else f"allowed are {allowed}"
    if family == "answers." and answers is not None and name not in answers:
        return f"no form has this field; allowed are {', '.join(sorted(answers))}"
    if fact in FACTS or (family in NAMED and name):
        return None
    families = [f"{family}{name}" for family, name in NAMED.items()]
    checks = [f"{family}{one}" for family, names in CHECKS.items() for one in names]
    return "allowed are " + ", ".join([*sorted(FACTS), *families, *checks])


def _problems_of_value(operator: str, value: Any, path: str) -> list[tuple[str, str]]:
    if operator in {"present", "absent"}:
        return [] if value is True else [(path, "takes `true`")]
    if operator in {"in", "not_in"}:
        return [] if isinstance(value, list) and value else [(path, "takes a list")]
    if operator in {"gt", "gte", "lt", "lte"} and _number(value) is None:
        return [(path, "takes a number")]
    return [] if isinstance(value, str | int | float | bool) else [(path, "takes a text, a number, true or false")]
