"""Which of several values is shown: the one with the best evidence, then the newest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

# A doubted value was typed beside somebody else's identity: it is kept, and never shown by itself.
STRENGTH = {"verified": 3, "typed": 2, "browser": 1, "doubted": 0}


@dataclass(frozen=True)
class Value:
    field: str
    value: Any
    evidence: str
    at: datetime


def shown_values(values: Iterable[Value]) -> dict[str, Any]:
    """Field → the value to show."""
    best: dict[str, Value] = {}
    for one in values:
        if STRENGTH[one.evidence] and (one.field not in best or _rank(one) >= _rank(best[one.field])):
            best[one.field] = one
    return {field: one.value for field, one in best.items()}


def _rank(value: Value) -> tuple[int, datetime]:
    return STRENGTH[value.evidence], value.at
