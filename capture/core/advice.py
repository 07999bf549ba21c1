"""What an operator can do about a failure, in a sentence: no traceback, no statement, nobody's answers."""

from __future__ import annotations

import re

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from capture.core.errors import Busy
from capture.settings import BadSetting

EXPECTED = (BadSetting, Busy, DBAPIError, OSError)
# How SQLite and PostgreSQL (in any language: by its code) say that a table or a column is missing.
OLDER_SCHEMA = re.compile(r"no such (table|column)")
OLDER_SCHEMA_STATES = {"42P01", "42703"}


def sentence_of(error: BaseException) -> str:
    """What happened, and what to do."""
    cause = error.__cause__ if isinstance(error, Busy) and isinstance(error.__cause__, DBAPIError) else error
    if not isinstance(cause, DBAPIError):
        return "the database is busy: try again" if isinstance(cause, Busy) else str(cause)
    if has_older_schema(cause):
        return "the database has no tables or older ones: run `capture migrate`"
    said = str(cause.orig).strip().splitlines()[0] if str(cause.orig).strip() else type(cause.orig).__name__
    if isinstance(cause, OperationalError | InterfaceError):
        return f"the database does not answer ({said}): check DATABASE_URL, and that it runs"
    return f"the database refused it ({type(cause).__name__}): capture doctor says more"


def has_older_schema(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in OLDER_SCHEMA_STATES or OLDER_SCHEMA.search(str(error.orig)) is not None
