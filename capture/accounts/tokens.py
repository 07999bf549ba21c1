"""Tokens of machines: shown once, kept as a digest, with scopes."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from capture.accounts.models import ApiToken
from capture.core.db import db
from capture.core.ids import new_id

PREFIX = "cap_"


def new_token(write: Connection, name: str, scopes: Sequence[str], at: datetime) -> str:
    """A new bearer token; this is the only time that it is known."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = {"id": new_id(), "name": name, "digest": _digest(token), "scopes": list(scopes), "created_at": at}
    write.execute(insert(ApiToken).values(**row))
    return token


def scopes_of(authorization: str | None) -> frozenset[str] | None:
    """The scopes of a bearer header; None when there is none, or none that we know."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        return None
    rows = select(ApiToken.scopes).where(ApiToken.digest == _digest(token.strip()), ApiToken.revoked_at.is_(None))
    found = db.session.execute(rows).scalar()
    return None if found is None else frozenset(found)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
