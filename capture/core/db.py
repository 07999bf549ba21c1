"""The database: its models' base, its names for constraints, and how each engine is set up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from capture.core import sqlite
from capture.settings import BadSetting

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
POSTGRES_SECONDS = {"statement_timeout": 10, "lock_timeout": 5, "idle_in_transaction_session_timeout": 15}


class Base(DeclarativeBase):
    """Every table of every room."""

    metadata = MetaData(naming_convention=NAMES)


# The models inherit from Base, not from db.Model, so that they are typed and know no Flask.
db = SQLAlchemy(metadata=Base.metadata, session_options={"autoflush": False})


def attach(app: Flask, url: str, *, pool_size: int = 30) -> None:
    """Give the application its engine; SQLite's build decides how it may be journalled."""
    if (file := sqlite_file(url)) is not None and not file.absolute().parent.is_dir():
        raise BadSetting(f"DATABASE_URL cannot be used: make the folder {file.absolute().parent} first.")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**_options(make_url(url)), "pool_size": pool_size, "max_overflow": 0}
    db.init_app(app)
    app.teardown_appcontext(_let_go)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            sqlite.prepare(db.engine)


def _let_go(_error: BaseException | None) -> None:
    """End what was read, before the library does: a connection that was cut off meanwhile must not cost the answer."""
    try:
        db.session.remove()
    except DBAPIError:
        db.session.registry.clear()


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite address, or None for any other database."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _options(url: URL) -> dict[str, Any]:
    shared: dict[str, Any] = {"json_serializer": _dumps, "json_deserializer": orjson.loads}
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": sqlite.PATIENCE_SECONDS, "check_same_thread": False, "cached_statements": 512}
        return {**shared, "module": sqlite.driver, "connect_args": arguments}
    limits = " ".join(f"-c {name}={seconds}s" for name, seconds in POSTGRES_SECONDS.items())
    return {**shared, "pool_pre_ping": True, "connect_args": {"options": limits, "connect_timeout": 5}}


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
