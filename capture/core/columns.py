"""Portable column types: ids, UTC times, JSON."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, String, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

# `none_as_null`: an absent value is SQL NULL everywhere, never the JSON word null.
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOBODY = "00000000-0000-0000-0000-000000000000"


class Id(TypeDecorator[str]):
    """A UUID as text: native on PostgreSQL, 36 characters on SQLite."""

    impl = String(36)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """What is no id at all is nobody's id: an address that was made up finds nothing, and breaks nothing."""
        if dialect.name == "postgresql" and value is not None and not UUID.fullmatch(value):
            return NOBODY
        return value

    def bind_processor(self, dialect: Dialect) -> Any:
        """Text goes to SQLite as it is; a submission writes some sixty ids."""
        return super().bind_processor(dialect) if dialect.name == "postgresql" else None

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=False))
        return dialect.type_descriptor(String(36))


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it as text of one length, that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(26))
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Any:
        return _text_of if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return None if value is None else _with_zone(value).astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return None if value is None else value.astimezone(UTC)


@lru_cache(maxsize=256)
def _text_of(value: datetime | None) -> str | None:
    """`2026-11-24 03:04:05.678901`; one submission writes the same moment two dozen times."""
    if value is None:
        return None
    utc = _with_zone(value).astimezone(UTC)
    return utc.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


def _with_zone(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("A time without a zone cannot be stored.")
    return value
