"""Tokens of machines: shown once, kept as a digest, with scopes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from capture.accounts.models import ApiToken
from capture.core.db import db
from capture.core.ids import new_id

PREFIX = "cap_"


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


def new_token(write: Connection, name: str, scopes: Sequence[str], at: datetime) -> str:
    """A new bearer token; this is the only time that it is known."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = {"id": new_id(), "name": name, "digest": _digest(token), "scopes": list(scopes), "created_at": at}
    write.execute(insert(ApiToken).values(**row))
    return token


def token_of(authorization: str | None) -> Token | None:
    """Whose bearer header it is; None when there is none, or none that we know."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    columns = (ApiToken.id, ApiToken.name, ApiToken.scopes, ApiToken.created_at)
    rows = select(*columns).where(ApiToken.digest == _digest(token.strip()), ApiToken.revoked_at.is_(None))
    found = db.session.execute(rows).first()
    return None if found is None else Token(found.id, found.name, frozenset(found.scopes), found.created_at)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
