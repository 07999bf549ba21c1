"""When a connection must end, as a table."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from capture.serving.plan import Bounds
from capture.serving.sweep import verdict

BOUNDS = Bounds(head_seconds=10, idle_seconds=15, stalled_seconds=20, body_bytes_per_second=500)


@dataclass
class Transport:
    closing: bool = False
    waiting_bytes: int = 0

    def is_closing(self) -> bool:
        return self.closing

    def get_write_buffer_size(self) -> int:
        return self.waiting_bytes


@dataclass
class Connection:
    in_head: bool = False
    owes: bool = False
    since: float = 0.0
    stuck_since: float | None = None
    stuck_bytes: int = 0
    transport: Transport = field(default_factory=Transport)


CASES: list[tuple[Any, float, str | None]] = [
    (Connection(in_head=True), 9, None),
    (Connection(in_head=True), 11, "late"),
    (Connection(), 14, None),
    (Connection(), 16, "idle"),
    (Connection(owes=True), 1000, None),
    (Connection(owes=True, in_head=True), 1000, None),
    (Connection(transport=Transport(closing=True)), 1000, None),
    (
        Connection(owes=True, stuck_since=0, stuck_bytes=60_000, transport=Transport(waiting_bytes=60_000)),
        19,
        None,
    ),
    (
        Connection(owes=True, stuck_since=0, stuck_bytes=60_000, transport=Transport(waiting_bytes=60_000)),
        21,
        "abort",
    ),
    (
        Connection(owes=True, stuck_since=0, stuck_bytes=60_000, transport=Transport(waiting_bytes=40_000)),
        21,
        None,
    ),
    (Connection(stuck_since=0, stuck_bytes=9_000, transport=Transport(True, 1)), 21, "abort"),
]


@pytest.mark.parametrize(("connection", "now", "expected"), CASES)
def test_a_connection_ends_for_a_reason(connection: Any, now: float, expected: str | None) -> None:
    assert verdict(connection, now, BOUNDS) == expected
