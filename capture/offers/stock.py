"""How many codes of a coupon there are, and how many are left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from capture.core.db import db
from capture.offers.models import Coupon

FRESH_SECONDS = 1.0
_read: dict[str, tuple[float, Stock | None]] = {}


@dataclass(frozen=True)
class Stock:
    """`limit` is None where there is no end of codes."""

    value: str
    limit: int | None
    claimed: int
    expires_at: datetime | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.claimed)


def stock_of(offer_id: str) -> Stock | None:
    """As the database has it now."""
    found = db.session.execute(select(Coupon).where(Coupon.offer_id == offer_id)).scalar()
    return Stock(found.value, found.limit, found.claimed, found.expires_at) if found else None


def recent_stock_of(offer_id: str) -> Stock | None:
    """At most a second old: a crowd that looks must not stand in the way of those who submit."""
    at, stock = _read.get(offer_id, (0.0, None))
    if not at or time.monotonic() - at > FRESH_SECONDS:
        stock = stock_of(offer_id)
        _read[offer_id] = (time.monotonic(), stock)
    return stock
