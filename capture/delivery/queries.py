"""Destinations as the outbox knows them, and what the console and the operators read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.delivery.models import Destination
from capture.sites.revision import of_revision


@dataclass(frozen=True)
class DestinationNow:
    id: str
    name: str
    pipeline: str
    events: frozenset[str]
    condition: Mapping[str, Any] | None


@of_revision
def destinations() -> Mapping[str, Sequence[DestinationNow]]:
    """Site id → its destinations; a paused one is among them, since its messages wait."""
    found: dict[str, list[DestinationNow]] = {}
    rows = select(Destination).where(Destination.retired_at.is_(None)).order_by(Destination.id)
    for row in db.session.execute(rows).scalars():
        one = DestinationNow(row.id, row.name, row.pipeline, frozenset(row.events), row.condition)
        found.setdefault(row.site_id, []).append(one)
    return found
