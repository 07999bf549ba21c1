"""What other rules would make of people whom we know: nothing is written and nobody is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from capture.scoring.rules import Model, score_card
from forms.conditions import Facts

STAGES = ("raw", "iql", "mql", "sql")


@dataclass(frozen=True)
class Known:
    """Somebody with the facts that are stored of them today."""

    id: str
    name: str
    pipeline: str
    facts: Facts


@dataclass(frozen=True)
class Moved:
    """Somebody whose stage the new rules would change: (points, stage) before and after."""

    who: Known
    before: tuple[int, str]
    after: tuple[int, str]

    @property
    def is_up(self) -> bool:
        return STAGES.index(self.after[1]) > STAGES.index(self.before[1])


@dataclass(frozen=True)
class Replay:
    """How many would stand in each stage by both models, over the same facts, and who would move."""

    people: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    moved: Sequence[Moved]


def replay(people: Sequence[Known], before: Model, after: Model) -> Replay:
    """Both models score the same facts, so that only the rules make the difference."""
    pairs = [(one, _placed(before, one), _placed(after, one)) for one in people]
    moved = [Moved(one, old, new) for one, old, new in pairs if old[1] != new[1]]
    return Replay(
        people=len(people),
        before=Counter(old[1] for _one, old, _new in pairs),
        after=Counter(new[1] for _one, _old, new in pairs),
        moved=sorted(moved, key=lambda one: -abs(one.after[0] - one.before[0])),
    )


def _placed(model: Model, one: Known) -> tuple[int, str]:
    card = score_card(model, one.facts)
    return card.points, card.stage
