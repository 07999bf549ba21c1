"""Look the installation over, and say how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import redis
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from capture.accounts.models import User
from capture.accounts.roles import pipelines_of
from capture.core import sqlite
from capture.core.advice import sentence_of
from capture.core.clock import now
from capture.core.db import db, sqlite_file
from capture.core.doors import Doors
from capture.core.json import iso
from capture.core.migrations import is_current
from capture.delivery.health import late_of
from capture.delivery.models import Destination
from capture.delivery.secrets import secrets_of
from capture.demo.ready import SECRET_FILE, SECRET_NAME
from capture.offers.assets import kept_path
from capture.offers.models import Asset
from capture.settings import Settings
from capture.sites.models import Site

LEAST_FREE_BYTES = 200_000_000
NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"}


@dataclass(frozen=True)
class Finding:
    """`good`, `look` (works, but) or `bad` (must be mended)."""

    state: str
    subject: str
    text: str

    @property
    def mark(self) -> str:
        return {"good": "ok  ", "look": "look", "bad": "BAD "}[self.state]

    @property
    def is_bad(self) -> bool:
        return self.state == "bad"


def findings(app: Flask) -> list[Finding]:
    """Everything that could be checked; a part that fails says so and hides no other."""
    settings: Settings = app.config["SETTINGS"]
    doors: Doors = app.extensions["capture.doors"]
    found = [*_settings(settings), *_redis(settings), *_disk(settings), *_kept("database", _database(app))]
    if not any(one.is_bad and one.subject in {"database", "schema"} for one in found):
        found += _kept("contents", _contents(settings))
        for check in doors.checks:
            found += _kept(check.__module__, check())
    return found


def _kept(subject: str, part: Iterable[Finding]) -> list[Finding]:
    """The findings of a part, as far as it came."""
    found: list[Finding] = []
    try:
        for one in part:
            found.append(one)
    except SQLAlchemyError as error:
        db.session.rollback()
        advice = sentence_of(error) if isinstance(error, DBAPIError) else type(error).__name__
        found.append(Finding("bad", subject, advice))
    return found


def _settings(settings: Settings) -> Iterator[Finding]:
    if not settings.rate_limits:
        yield Finding("look", "RATE_LIMITS", "off: for load tests only")
    if not settings.screening:
        yield Finding("look", "SCREENING", "off: for load tests only")
    if settings.redis_url is None and settings.web_processes > 1:
        yield Finding("look", "REDIS_URL", "not set: each process counts rate limits for itself")
    if settings.smtp_url is None:
        yield Finding("look", "SMTP_URL", "not set: mails are kept in the console's mailbox")
    if settings.public_url is None:
        yield Finding("look", "PUBLIC_URL", "not set: links in messages use the address of the request")
    key_file = settings.instance / "secret_key"
    if key_file.exists() and key_file.stat().st_mode & 0o077:
        yield Finding("bad", "secret key", f"others can read it: chmod 600 {key_file}")
    else:
        yield Finding("good", "secret key", "kept from others")


def _redis(settings: Settings) -> Iterator[Finding]:
    if settings.redis_url is None:
        return
    try:
        redis.Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2).ping()
    except (redis.RedisError, OSError, ValueError) as error:
        advice = f"does not answer ({error}): each process counts rate limits for itself until it does"
        yield Finding("bad", "REDIS_URL", advice)
    else:
        yield Finding("good", "REDIS_URL", "answers")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.instance).free
    state = "good" if free >= LEAST_FREE_BYTES else "bad"
    yield Finding(state, "disk", f"{free // 1_000_000:,} MB free in {settings.instance}")
    if not os.access(settings.instance, os.W_OK):
        yield Finding("bad", "instance folder", f"cannot be written: {settings.instance}")


def _database(app: Flask) -> Iterator[Finding]:
    if is_current():
        yield Finding("good", "schema", "the newest")
    else:
        yield Finding("bad", "schema", "not the newest: run `capture migrate`")
    file = sqlite_file(app.config["SQLALCHEMY_DATABASE_URI"])
    yield from _sqlite(file) if file else _postgres()


def _sqlite(file: Path) -> Iterator[Finding]:
    version = sqlite.driver.sqlite_version_info
    named = ".".join(map(str, version))
    if sqlite.is_wal_safe(version):
        yield Finding("good", "SQLite", f"{named}, write-ahead log, every commit on disk")
    else:
        advice = f"{named} can corrupt a write-ahead log, so a slower journal is used: pip install pysqlite3"
        yield Finding("look", "SQLite", advice)
    kind = _file_system(file)
    if kind in NETWORK_FILE_SYSTEMS:
        yield Finding("bad", "SQLite", f"{file} is on {kind}: locks do not work on a network file system")
    journal, synchronous = (
        db.session.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")
    )
    wanted = sqlite.journal_of(version)
    if (str(journal).upper(), {2: "FULL", 3: "EXTRA"}.get(int(str(synchronous)))) != wanted:
        yield Finding("bad", "SQLite", f"journal {journal}, synchronous {synchronous}: not what durability needs")
    damage = db.session.execute(text("PRAGMA quick_check(1)")).scalar()
    state = "good" if damage == "ok" else "bad"
    yield Finding(state, "database file", "sound" if damage == "ok" else f"damaged ({damage}): restore a backup")


def _postgres() -> Iterator[Finding]:
    for name in ("synchronous_commit", "fsync", "full_page_writes"):
        value = db.session.execute(text(f"SHOW {name}")).scalar()
        if value == "off":
            yield Finding("bad", "PostgreSQL", f"{name} is off: an acknowledged lead can be lost in a power cut")
    yield Finding("good", "PostgreSQL", str(db.session.execute(text("SHOW server_version")).scalar()))


def _contents(settings: Settings) -> Iterator[Finding]:
    if db.session.execute(select(Site.id).limit(1)).first() is None:
        yield Finding("look", "sites", "none yet: capture apply site.yaml")
    if db.session.execute(select(User.id).limit(1)).first() is None:
        yield Finding("look", "users", "none yet: capture user add you@example.com --role admin")
    yield from _destinations(settings)
    yield from _sending()
    for asset in db.session.execute(select(Asset)).scalars():
        if not kept_path(settings.instance, asset.digest).is_file():
            yield Finding("bad", f"file {asset.name}", "is missing: apply the site file again")


def _without_secret(settings: Settings, destination: Destination, problem: str) -> Finding:
    """The demo CRM's secret is brought by `capture run`: that it is not in the environment is as it should be."""
    kept = settings.instance / SECRET_FILE
    if destination.secret != f"env:{SECRET_NAME}" or not kept.exists():
        return Finding("bad", f"destination {destination.name}", problem)
    text = f"`capture run` brings its secret; for other commands: export {SECRET_NAME}=$(cat {kept})"
    return Finding("look", f"destination {destination.name}", text)


def _sending() -> Iterator[Finding]:
    late = late_of(pipelines_of("admin"), now())
    if late is None:
        return
    since = f"{late.count:,} messages wait, the longest since {iso(late.since)}"
    if late.is_sending:
        yield Finding("look", "worker", f"behind: {since}")
    else:
        yield Finding("bad", "worker", f"sends nothing: {since}. Start it: capture worker")


def _destinations(settings: Settings) -> Iterator[Finding]:
    rows = select(Destination).where(Destination.retired_at.is_(None))
    for one in db.session.execute(rows).scalars():
        try:
            secrets_of(one.secret or "", settings.hooks)
        except ValueError as error:
            yield _without_secret(settings, one, str(error))
            continue
        if one.paused_at is not None:
            advice = f"paused: {one.pause_reason} Go on with: capture deliveries replay --destination {one.name}"
            yield Finding("look", f"destination {one.name}", advice)
        else:
            yield Finding("good", f"destination {one.name}", "secret set")


def _file_system(file: Path) -> str:
    """The type of the mount that holds a file; empty where it cannot be known."""
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return ""
    rows = [line.split() for line in mounts.read_text().splitlines()]
    holding = [row for row in rows if file.resolve().is_relative_to(row[1])]
    return max(holding, key=lambda row: len(row[1]))[2] if holding else ""
