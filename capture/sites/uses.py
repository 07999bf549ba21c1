"""What uses a thing: higher rooms are asked by their tables, by following the foreign keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import current_app
from sqlalchemy import Connection, Table, select

from capture.core.db import Base
from capture.sites.here import console_site


def uses_of(read: Connection, table: str, *, site_id: str) -> Mapping[str, list[tuple[str, str]]]:
    """Row id → who uses it, such as `("page", "guide")`; what is retired does not count."""
    found: dict[str, list[tuple[str, str]]] = {}
    for other, column in _pointing_at(table):
        mine = select(column, other.c.slug).where(
            column.is_not(None), other.c.retired_at.is_(None), other.c.site_id == site_id
        )
        for row_id, slug in read.execute(mine.order_by(other.c.slug)):
            found.setdefault(row_id, []).append((other.name, slug))
    return found


def titles_here() -> Mapping[tuple[str, str], str]:
    """What the pages, offers and, after them, forms of the shown site are called; higher rooms tell it."""
    titles: Mapping[tuple[str, str], str] = current_app.extensions["capture.doors"].tellers["titles"](console_site().id)
    return titles


def _pointing_at(table: str) -> Iterator[tuple[Table, Any]]:
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == table and {"retired_at", "slug", "site_id"} <= set(other.columns.keys()):
                yield other, key.parent
