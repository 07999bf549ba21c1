"""What every way in ends with: a session, or half of one where a second factor is asked for."""

from __future__ import annotations

from flask import redirect, request, session, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import sessions
from capture.accounts.audit import note
from capture.accounts.guards import SESSION_TOKEN
from capture.accounts.history import note_sign_in
from capture.accounts.models import User
from capture.core.clock import now
from capture.core.transactions import transaction

HOW = "how"


def enter(user: User, *, how: str, target: str) -> BaseResponse:
    """The first proof was right: come in, or give the code."""
    with transaction() as write:
        return enter_within(write, user, how=how, target=target)


def enter_within(write: Connection, user: User, *, how: str, target: str) -> BaseResponse:
    """The same, in the transaction that used a link up."""
    if user.factor_at is None:
        return come_in(write, user, how=how, target=target)
    _begin(write, user.id, how=how, is_half=True)
    note_sign_in(write, user.id, how=how, outcome="code_due", at=now())
    return redirect(url_for("console.accounts.code"), 303)


def come_in(write: Connection, user: User, *, how: str, target: str) -> BaseResponse:
    """A new session with a new token: an old cookie, ours or planted, means nothing any more."""
    _begin(write, user.id, how=how)
    note_sign_in(write, user.id, how=how, outcome="ok", at=now())
    note(write, user.email, "user.sign_in", subject=user.email, at=now(), details={"how": how})
    return redirect(target, 303)


def _begin(write: Connection, user_id: str, *, how: str, is_half: bool = False) -> None:
    if SESSION_TOKEN in session:
        sessions.end(write, session[SESSION_TOKEN])
    who = {"address": request.client, "agent": request.user_agent.string}  # type: ignore[attr-defined]
    due_at = now() + sessions.CODE_PATIENCE if is_half else None
    made = sessions.begin(write, user_id, **who, at=now(), how=how, code_due_at=due_at)
    session.clear()
    session[SESSION_TOKEN] = made
