"""What a version changed against the one before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Difference:
    """Names of fields that came, went or changed; `moved` where only their order did."""

    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    moved: bool = False


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> Difference:
    old = {one["name"]: one for one in before.get("fields", ())}
    new = {one["name"]: one for one in after.get("fields", ())}
    kept = [name for name in new if name in old]
    return Difference(
        added=[name for name in new if name not in old],
        removed=[name for name in old if name not in new],
        changed=[name for name in kept if old[name] != new[name]],
        moved=kept != [name for name in old if name in new],
    )
