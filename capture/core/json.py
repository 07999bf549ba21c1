"""JSON as we write it: times in UTC with milliseconds and a Z."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson


@lru_cache(maxsize=256)
def iso(moment: datetime) -> str:
    """`2026-11-22T03:04:05.678Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def dumps(value: Any) -> bytes:
    """JSON bytes; the same value gives the same bytes."""
    return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")
