"""Sessions and one-time links: random tokens, of which only digests are kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from capture.accounts.models import FactorRule, SignIn, SignInLink, User
from capture.core.db import db

IDLE, LONGEST = timedelta(hours=12), timedelta(days=14)
LINK_LIFETIMES = {"link": timedelta(hours=24), "invitation": timedelta(days=7), "reset": timedelta(minutes=30)}
SEEN_EVERY = timedelta(minutes=5)
CODE_PATIENCE = timedelta(minutes=10)
MOST_TRIES = 5
HANDLE_LENGTH = 16


@dataclass(frozen=True)
class Signed:
    """Who is signed in, in which session, and whether the role still wants a second factor."""

    user: User
    session: SignIn
    lacks_factor: bool


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def begin(
    write: Connection,
    user_id: str,
    *,
    address: str | None,
    agent: str,
    at: datetime,
    how: str = "link",
    code_due_at: datetime | None = None,
) -> str:
    """A new session; returns its token, which only the browser keeps. With `code_due_at` it opens nothing yet."""
    token = secrets.token_urlsafe(32)
    who = {"user_id": user_id, "address": address, "agent": agent[:255], "how": how, "code_due_at": code_due_at}
    times = {"created_at": at, "seen_at": at, "expires_at": code_due_at or at + LONGEST, "tries": 0}
    write.execute(insert(SignIn).values(digest=digest_of(token), **who, **times))
    if code_due_at is None:
        write.execute(update(User).where(User.id == user_id).values(seen_at=at))
        write.execute(update(User).where(User.id == user_id, User.joined_at.is_(None)).values(joined_at=at))
    return token


def end(write: Connection, token: str) -> None:
    write.execute(delete(SignIn).where(SignIn.digest == digest_of(token)))


def end_one(write: Connection, user_id: str, handle: str) -> bool:
    """End a session of this user; `handle` is the beginning of its digest."""
    mine = delete(SignIn).where(SignIn.user_id == user_id, SignIn.digest.startswith(handle, autoescape=True))
    return len(handle) == HANDLE_LENGTH and bool(write.execute(mine).rowcount)


def end_all(write: Connection, user_id: str, *, except_token: str = "") -> int:
    """End every session of a user, but for one."""
    theirs = delete(SignIn).where(SignIn.user_id == user_id, SignIn.digest != digest_of(except_token))
    return int(write.execute(theirs).rowcount)


def user_of(token: str, at: datetime) -> Signed | None:
    """Who is signed in with this token; nobody when it is over, idle, half done or disabled."""
    rows = select(User, SignIn, FactorRule.role).join(SignIn, SignIn.user_id == User.id)
    rows = rows.outerjoin(FactorRule, FactorRule.role == User.role).where(SignIn.digest == digest_of(token))
    found = db.session.execute(rows.where(User.disabled_at.is_(None), SignIn.code_due_at.is_(None))).first()
    if found is None or found[1].expires_at <= at or at - found[1].seen_at > IDLE:
        return None
    return Signed(found[0], found[1], found[2] is not None and found[0].factor_at is None)


def half_of(token: str, at: datetime) -> tuple[User, SignIn] | None:
    """Whose second factor is asked for in this half a session."""
    rows = select(User, SignIn).join(SignIn, SignIn.user_id == User.id).where(SignIn.digest == digest_of(token))
    found = db.session.execute(rows.where(User.disabled_at.is_(None), SignIn.code_due_at > at)).first()
    return None if found is None else (found[0], found[1])


def count_try(write: Connection, token: str, at: datetime) -> bool:
    """Count one guess at the code; False when this half session has had all of its tries."""
    mine = (SignIn.digest == digest_of(token)) & (SignIn.code_due_at > at) & (SignIn.tries < MOST_TRIES)
    return bool(write.execute(update(SignIn).where(mine).values(tries=SignIn.tries + 1)).rowcount)


def touch(write: Connection, session: SignIn, at: datetime) -> None:
    """Somebody is still working; written at most every five minutes."""
    write.execute(update(SignIn).where(SignIn.digest == session.digest).values(seen_at=at))
    write.execute(update(User).where(User.id == session.user_id).values(seen_at=at))


def sessions_of(user_id: str, at: datetime) -> Sequence[SignIn]:
    """The open sessions, the most recently used first."""
    rows = select(SignIn).where(SignIn.user_id == user_id, SignIn.code_due_at.is_(None), SignIn.expires_at > at)
    return db.session.execute(rows.where(SignIn.seen_at > at - IDLE).order_by(SignIn.seen_at.desc())).scalars().all()


def sweep(write: Connection, at: datetime) -> None:
    """What is over and tells nothing any more."""
    write.execute(delete(SignIn).where(SignIn.expires_at <= at))
    write.execute(delete(SignInLink).where(SignInLink.expires_at <= at - timedelta(days=30)))


def new_link(write: Connection, user_id: str, at: datetime, *, purpose: str = "link") -> str:
    """A one-time link's token. The ones before it, for the same purpose, are worth nothing from now on."""
    token = secrets.token_urlsafe(32)
    before = (SignInLink.user_id == user_id) & (SignInLink.purpose == purpose) & SignInLink.used_at.is_(None)
    if purpose != "link":
        write.execute(update(SignInLink).where(before).values(used_at=at))
    row = {"digest": digest_of(token), "user_id": user_id, "purpose": purpose}
    write.execute(insert(SignInLink).values(**row, expires_at=at + LINK_LIFETIMES[purpose]))
    return token


def void_links(write: Connection, user_id: str, at: datetime) -> None:
    """No link that was ever made for this user opens anything."""
    unused = update(SignInLink).where(SignInLink.user_id == user_id, SignInLink.used_at.is_(None))
    write.execute(unused.values(used_at=at))


def use_link(write: Connection, token: str, at: datetime, *, purposes: Sequence[str]) -> str | None:
    """The user of a link that was never used; using it and marking it are one statement."""
    unused = update(SignInLink).where(_is_good(token, at, purposes))
    user_id = write.execute(unused.values(used_at=at).returning(SignInLink.user_id)).scalar()
    return None if user_id is None else str(user_id)


def user_of_link(token: str, at: datetime, *, purposes: Sequence[str]) -> User | None:
    """Whom a link that is still good belongs to; a look does not use it up."""
    rows = select(User).join(SignInLink, SignInLink.user_id == User.id).where(User.disabled_at.is_(None))
    return db.session.execute(rows.where(_is_good(token, at, purposes))).scalar()


def _is_good(token: str, at: datetime, purposes: Sequence[str]) -> ColumnElement[bool]:
    mine = (SignInLink.digest == digest_of(token)) & SignInLink.purpose.in_(purposes)
    return mine & SignInLink.used_at.is_(None) & (SignInLink.expires_at > at)
