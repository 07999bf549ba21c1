"""Colleagues come, change and go. The last admin stays: somebody must be able to let the others in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import Connection, delete, insert, select, update

from capture.accounts import sessions
from capture.accounts.audit import note
from capture.accounts.models import RecoveryCode, SignIn, SignInEvent, SignInLink, User
from capture.accounts.passwords import hashed
from capture.core.clock import now
from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.ids import new_id


def clean_email(text: str) -> str:
    """The one spelling of an address that is kept and compared; raises Invalid."""
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise Invalid(str(error), errors={"email": [str(error)]}) from error


def create_user(write: Connection, email: str, role: str, *, name: str = "", password: str | None = None) -> str:
    """A new user whom the operator lets in; raises Conflict when this email is here already."""
    row = {"joined_at": now(), "password_hash": hashed(password) if password else None}
    return _insert(write, email, role, name=name, **row)


def invite(write: Connection, email: str, role: str, *, locale: str, by: str, at: datetime) -> tuple[str, str]:
    """A colleague who may come in; returns the id and the token of the link that is mailed."""
    user_id = _insert(write, email, role, locale=locale, invited_by=by)
    token = sessions.new_link(write, user_id, at, purpose="invitation")
    note(write, by, "user.invite", subject=email, at=at, details={"after": {"role": role, "language": locale}})
    return user_id, token


def change_role(write: Connection, user_id: str, role: str, *, by: str, at: datetime) -> None:
    found = _locked(write, user_id)
    if found.role == role:
        return
    _refuse_last_admin(write, found)
    write.execute(update(User).where(User.id == user_id).values(role=role))
    details = {"before": {"role": found.role}, "after": {"role": role}}
    note(write, by, "user.role", subject=found.email, at=at, details=details)


def disable(write: Connection, user_id: str, *, by: str, at: datetime) -> None:
    """Out at once, in every browser; links that were mailed open nothing any more."""
    found = _locked(write, user_id)
    if found.disabled_at is not None:
        return
    _refuse_last_admin(write, found)
    write.execute(update(User).where(User.id == user_id).values(disabled_at=at))
    sessions.end_all(write, user_id)
    sessions.void_links(write, user_id, at)
    note(write, by, "user.disable", subject=found.email, at=at, details={})


def enable(write: Connection, user_id: str, *, by: str, at: datetime) -> None:
    found = _locked(write, user_id)
    write.execute(update(User).where(User.id == user_id).values(disabled_at=None))
    note(write, by, "user.enable", subject=found.email, at=at, details={})


def remove(write: Connection, user_id: str, *, by: str, at: datetime) -> None:
    """The account and its history go; what the person did stays in the audit log."""
    found = _locked(write, user_id)
    _refuse_last_admin(write, found)
    for model in (SignIn, SignInLink, SignInEvent, RecoveryCode):
        write.execute(delete(model).where(model.user_id == user_id))
    write.execute(delete(User).where(User.id == user_id))
    details = {"before": {"name": found.name, "role": found.role}}
    note(write, by, "user.remove", subject=found.email, at=at, details=details)


def _insert(write: Connection, email: str, role: str, *, name: str = "", **more: Any) -> str:
    if write.execute(select(User.id).where(User.email == email)).first():
        raise Conflict(f"{email} is already here")
    row = {"id": new_id(), "email": email, "name": name or email.split("@")[0], "role": role, "created_at": now()}
    write.execute(insert(User).values(**row, **more))
    return str(row["id"])


def _locked(write: Connection, user_id: str) -> Any:
    """The user as it is now, after whoever was before us. All active admins are locked, in one order: no deadlock."""
    admins = select(User.id).where(_is_active_admin()).order_by(User.id).with_for_update()
    write.execute(admins).all()
    found = write.execute(select(User.__table__).where(User.id == user_id).with_for_update()).first()
    if found is None:
        raise NotFound("There is no such colleague.")
    return found


def _refuse_last_admin(write: Connection, user: Any) -> None:
    """Asked again under the lock: two admins who demote each other at once must not both succeed."""
    others = select(User.id).where(_is_active_admin(), User.id != user.id).with_for_update()
    if user.role == "admin" and user.disabled_at is None and write.execute(others).first() is None:
        raise Conflict("This is the last admin. Make somebody else an admin first.")


def _is_active_admin() -> Any:
    """Who was invited and never came in cannot let anybody in."""
    return (User.role == "admin") & User.disabled_at.is_(None) & User.joined_at.is_not(None)
