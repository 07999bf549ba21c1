"""What a product gives this room: its finished pages, its application, and how much of everything is allowed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from capture.core.finished import Finished, Headers

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class LaneSize(NamedTuple):
    threads: int
    waiting: int


def three_lanes() -> Mapping[str, LaneSize]:
    """Beacons have a thread of their own, so that no flood of them can take a lead's."""
    return {"leads": LaneSize(8, 200), "beacons": LaneSize(1, 32), "rest": LaneSize(2, 32)}


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """How long and how much; the defaults are meant for production."""

    head_seconds: float = 10.0
    head_bytes: int = 32 * 1024
    head_fields: int = 100
    idle_seconds: float = 15.0
    stalled_seconds: float = 20.0
    sweep_seconds: float = 1.0
    connections: int = 15_000
    body_seconds: float = 20.0
    body_grace_seconds: float = 5.0
    body_bytes_per_second: int = 500
    body_unnoticed_seconds: float = 1.0
    bodies: int = 2_000
    bodies_per_address: int = 50
    drain_seconds: float = 2.0
    drain_bytes: int = 64 * 1024
    files: int = 2_000
    lanes: Mapping[str, LaneSize] = field(default_factory=three_lanes)
    queue_seconds: float = 10.0
    retry_after_seconds: int = 5
    tick_seconds: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One product, as this room sees it.

    `shelf`, `viewed`, `limits`, `lane`, `refusal` and `speaks_for_many` are called in the event loop: they must
    not wait. `shelf(host, path, query, accept_encoding, if_none_match)` is asked for GET and HEAD; None means
    "ask the application". `viewed(host, path, query, headers, peer)` follows a 200 or 304 to GET from the shelf.
    `limits(method, path)` is the longest body in bytes, `lane(method, path)` a key of `bounds.lanes`.
    `refusal(status, scope)` may dress a refusal: headers and body, or None for plain text.
    `speaks_for_many(address)` exempts trusted proxies from the count per address. `tick`, `startup` and
    `shutdown` run in threads and may wait.
    """

    application: Wsgi
    shelf: Callable[[str, str, str, str, str], Finished | None]
    limits: Callable[[str, str], int]
    lane: Callable[[str, str], str]
    viewed: Callable[[str, str, str, Headers, str], None] | None = None
    refusal: Callable[[int, Mapping[str, Any]], tuple[Headers, bytes] | None] | None = None
    speaks_for_many: Callable[[str], bool] | None = None
    tick: Callable[[], None] | None = None
    startup: Callable[[], None] | None = None
    shutdown: Callable[[], None] | None = None
    bounds: Bounds = field(default_factory=Bounds)
