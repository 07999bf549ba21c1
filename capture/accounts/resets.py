"""Forgotten passwords.

The door only takes the request down; the worker looks whose it is, so that no answer and no time tells whether an
account exists.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from capture.accounts import letters, sessions
from capture.accounts.audit import note
from capture.accounts.models import ResetRequest, SignInLink, User
from capture.core.clock import now
from capture.core.db import db
from capture.core.ids import new_id
from capture.core.speech import spoken
from capture.core.transactions import transaction
from capture.mailing.outbox import queue

MOST_AN_HOUR = 3
AT_ONCE = 20


def ask(write: Connection, email: str, *, origin: str, locale: str, at: datetime) -> None:
    """Take the request down, the same for everybody."""
    row = {"id": new_id(), "email": email, "origin": origin[:255], "locale": locale}
    write.execute(insert(ResetRequest).values(**row, at=at))


def answer_requests() -> None:
    """The worker's errand: a link to each colleague who asked, to nobody else, and not too many."""
    # A connection of its own: the worker's session would keep the same view of the database for ever.
    with db.engine.connect() as read:
        if read.execute(select(ResetRequest.id).limit(1)).first() is None:
            return
    with transaction() as write:
        oldest = select(ResetRequest.id).order_by(ResetRequest.id).limit(AT_ONCE)
        ids = list(write.execute(oldest).scalars())
        taken = delete(ResetRequest).where(ResetRequest.id.in_(ids))
        rows = write.execute(taken.returning(ResetRequest.email, ResetRequest.origin, ResetRequest.locale)).all()
        for row in rows:
            _answer(write, row.email, row.origin, row.locale, now())


def change_password(write: Connection, user: User, password_hash: str, *, how: str, at: datetime) -> None:
    """Write it, end what could have been stolen, and tell the owner."""
    write.execute(update(User).where(User.id == user.id).values(password_hash=password_hash))
    sessions.void_links(write, user.id, at)
    note(write, user.email, "user.password", subject=user.email, at=at, details={"how": how})
    queue(write, letters.news("password_changed", user.email, user.locale or spoken(), at=at), at=at)


def _answer(write: Connection, email: str, origin: str, locale: str, at: datetime) -> None:
    found = write.execute(select(User.id, User.locale).where(User.email == email, User.disabled_at.is_(None))).first()
    if found is None or _recent(write, found.id, at) >= MOST_AN_HOUR:
        return
    token = sessions.new_link(write, found.id, at, purpose="reset")
    until = at + sessions.LINK_LIFETIMES["reset"]
    link = f"{origin}/console/forgotten/{token}"
    queue(write, letters.reset(email, found.locale or locale, link=link, until=until), at=at)
    note(write, email, "user.reset_link", subject=email, at=at, details={})


def _recent(write: Connection, user_id: str, at: datetime) -> int:
    began_at = at + sessions.LINK_LIFETIMES["reset"] - timedelta(hours=1)
    mine = (SignInLink.user_id == user_id) & (SignInLink.purpose == "reset") & (SignInLink.expires_at > began_at)
    return write.execute(select(func.count()).where(mine)).scalar_one()
