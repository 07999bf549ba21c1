"""Bring a database to the newest schema, on SQLite without losing child rows."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import Connection, inspect, text

from capture.core.db import db
from capture.core.schema import FOLDER, newest


def upgrade(app: Flask, revision: str = "head") -> list[str]:
    """Run the migrations that are missing; returns a line for each thing done."""
    from alembic import command

    with prepared() as connection:
        before = current(connection)
        command.upgrade(_config(connection), revision)
        after = current(connection)
    return [f"database {db.engine.url.render_as_string()}: {before or 'empty'} → {after}"]


def downgrade(revision: str) -> None:
    from alembic import command

    with prepared() as connection:
        command.downgrade(_config(connection), revision)


def is_current() -> bool:
    """Whether the schema is the newest; asks without loading the migration tool."""
    with db.engine.connect() as connection:
        return current(connection) == newest()


def current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


class prepared:
    """A connection for migrating. On SQLite a rebuilt table would take its child rows along (ON DELETE CASCADE),
    so foreign keys are off from before the transaction until after it, and checked inside it."""

    def __enter__(self) -> Connection:
        self._connection = db.engine.connect()
        self._is_sqlite = self._connection.dialect.name == "sqlite"
        if self._is_sqlite:
            raw: Any = self._connection.connection.dbapi_connection
            raw.execute("PRAGMA foreign_keys=OFF")
        return self._connection

    def __exit__(self, kind: Any, *_: Any) -> None:
        try:
            if kind is None:
                self._check()
                self._connection.commit()
            else:
                self._connection.rollback()
        finally:
            if self._is_sqlite:
                raw: Any = self._connection.connection.dbapi_connection
                raw.execute("PRAGMA foreign_keys=ON")
            self._connection.close()

    def _check(self) -> None:
        if self._is_sqlite and (broken := self._connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise RuntimeError(
                f"The migration would leave {len(broken)} rows without their parent; nothing was changed."
            )
