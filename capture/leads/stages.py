"""Where a lead stands: the order of stages, and what a score may change."""

from __future__ import annotations

STAGES = ("raw", "iql", "mql", "sql", "opportunity", "customer", "disqualified", "recycled")
# The score moves a lead only along these, and only forward: what sales said is not undone by a page view.
BY_SCORE = ("raw", "iql", "mql", "sql")


def is_forward(before: str, after: str) -> bool:
    """Whether the score may move a lead from `before` to `after`."""
    if before not in BY_SCORE or after not in BY_SCORE:
        return False
    return BY_SCORE.index(after) > BY_SCORE.index(before)
