"""The SQLite build that is used."""

from __future__ import annotations

try:
    from pysqlite3 import dbapi2 as driver
except ImportError:  # no wheel for this platform: the system's build, gated in `sqlite`
    import sqlite3 as driver

__all__ = ["driver"]
