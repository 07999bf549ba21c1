"""Sessions and one-time links: random tokens, of which only digests are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from capture.accounts.models import SignIn, SignInLink, User
from capture.core.db import db

IDLE, LONGEST = timedelta(hours=12), timedelta(days=14)
LINK_LIFETIME = timedelta(hours=24)
SEEN_EVERY = timedelta(minutes=5)


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(write: Connection, user_id: str, *, address: str | None, agent: str, at: datetime) -> str:
    """A new session; returns its token, which only the browser keeps."""
    token = secrets.token_urlsafe(32)
    who = {"user_id": user_id, "address": address, "agent": agent[:255]}
    times = {"created_at": at, "seen_at": at, "expires_at": at + LONGEST}
    write.execute(insert(SignIn).values(digest=digest_of(token), **who, **times))
    return token


def end(write: Connection, token: str) -> None:
    write.execute(delete(SignIn).where(SignIn.digest == digest_of(token)))


def user_of(token: str, at: datetime) -> tuple[User, SignIn] | None:
    """Who is signed in with this token; nobody when it is over, idle or disabled."""
    rows = select(User, SignIn).join(SignIn, SignIn.user_id == User.id).where(SignIn.digest == digest_of(token))
    found = db.session.execute(rows.where(User.disabled_at.is_(None))).first()
    if found is None or found[1].expires_at <= at or at - found[1].seen_at > IDLE:
        return None
    return found[0], found[1]


def touch(write: Connection, session: SignIn, at: datetime) -> None:
    """Somebody is still working; written at most every five minutes."""
    write.execute(update(SignIn).where(SignIn.digest == session.digest).values(seen_at=at))


def new_link(write: Connection, user_id: str, at: datetime) -> str:
    """A one-time sign-in link's token, good for a day."""
    token = secrets.token_urlsafe(32)
    write.execute(insert(SignInLink).values(digest=digest_of(token), user_id=user_id, expires_at=at + LINK_LIFETIME))
    return token


def use_link(write: Connection, token: str, at: datetime) -> str | None:
    """The user of a link that was never used; using it and marking it are one statement."""
    unused = update(SignInLink).where(
        SignInLink.digest == digest_of(token), SignInLink.used_at.is_(None), SignInLink.expires_at > at
    )
    user_id = write.execute(unused.values(used_at=at).returning(SignInLink.user_id)).scalar()
    return None if user_id is None else str(user_id)


def link_is_good(token: str, at: datetime) -> bool:
    rows = select(SignInLink.digest).where(
        SignInLink.digest == digest_of(token), SignInLink.used_at.is_(None), SignInLink.expires_at > at
    )
    return db.session.execute(rows).first() is not None
