"""Tokens of machines: shown once, kept as a digest, with scopes, and ended by date or by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import DBAPIError

from capture.accounts.models import ApiToken
from capture.core.db import db
from capture.core.errors import Busy
from capture.core.ids import new_id
from capture.core.transactions import transaction

PREFIX = "cap_"
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Token:
    """A machine that is known, and what it may do."""

    id: str
    name: str
    scopes: frozenset[str]
    created_at: datetime

    @property
    def actor(self) -> str:
        """As whom the audit log knows it."""
        return f"token {self.name}"


def new_token(
    write: Connection,
    name: str,
    scopes: Sequence[str],
    at: datetime,
    *,
    expires_at: datetime | None = None,
    created_by: str = "operator",
) -> str:
    """A new bearer token; this is the only time that it is known."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = {"id": new_id(), "name": name, "digest": _digest(token), "scopes": list(scopes), "created_at": at}
    write.execute(insert(ApiToken).values(**row, expires_at=expires_at, created_by=created_by))
    return token


def revoke(write: Connection, token_id: str, at: datetime) -> bool:
    """It opens nothing from now on; False when it did not before either."""
    live = update(ApiToken).where(ApiToken.id == token_id, ApiToken.revoked_at.is_(None))
    return bool(write.execute(live.values(revoked_at=at)).rowcount)


def token_of(authorization: str | None, at: datetime) -> Token | None:
    """Whose bearer header it is; None when there is none, or none that we know."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    live = ApiToken.revoked_at.is_(None) & or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > at)
    columns = (ApiToken.id, ApiToken.name, ApiToken.scopes, ApiToken.created_at, ApiToken.last_used_at)
    found = db.session.execute(select(*columns).where(ApiToken.digest == _digest(token.strip()), live)).first()
    if found is None:
        return None
    if found.last_used_at is None or at - found.last_used_at >= USED_EVERY:
        _note_use(found.id, at)
    return Token(found.id, found.name, frozenset(found.scopes), found.created_at)


def _note_use(token_id: str, at: datetime) -> None:
    """At most once a minute; a database that has no time for it is no reason to refuse a machine."""
    stale = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at <= at - USED_EVERY)
    with suppress(Busy, DBAPIError), transaction() as write:
        write.execute(update(ApiToken).where(ApiToken.id == token_id, stale).values(last_used_at=at))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
