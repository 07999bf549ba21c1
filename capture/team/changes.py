"""Before and after as lines that a person can read: what was there, what is there now, and nothing that stayed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from capture.core.speech import _

MOST = 60
LONGEST = 400


@dataclass(frozen=True)
class Change:
    """One value at a path such as `blocks 2 › heading`; None is nothing."""

    path: str
    before: str | None
    after: str | None


def changes_of(details: Mapping[str, Any]) -> list[Change]:
    """The differences of `before` and `after`; other details are facts that have no before."""
    before, after = _leaves(details.get("before")), _leaves(details.get("after"))
    differing = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    found = [Change(path, before.get(path), after.get(path)) for path in differing]
    facts = {name: value for name, value in details.items() if name not in {"before", "after"}}
    return (found + [Change(path, None, value) for path, value in _leaves(facts).items()])[:MOST]


def _leaves(value: Any, path: str = "") -> dict[str, str]:
    if isinstance(value, Mapping):
        pairs = [(str(key), one) for key, one in value.items()]
    elif isinstance(value, Sequence) and not isinstance(value, str) and any(_is_deep(one) for one in value):
        pairs = [(str(number), one) for number, one in enumerate(value, 1)]
    else:
        return {} if value is None else {path: _shown(value)}
    found: dict[str, str] = {}
    for key, one in pairs:
        found |= _leaves(one, f"{path} › {key}" if path else key)
    return found


def _is_deep(value: Any) -> bool:
    return isinstance(value, Mapping | Sequence) and not isinstance(value, str)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    text = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
