"""The second factor of one's own account: set up, confirmed by a code, recovery codes, and off again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_limiter import RateLimitExceeded
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import second_factor
from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user, without_factor
from capture.accounts.letters import news
from capture.accounts.models import User
from capture.accounts.passwords import is_right
from capture.console.shell import frame, screen
from capture.core import limits
from capture.core.clock import now
from capture.core.errors import Conflict, Invalid
from capture.core.speech import _, spoken
from capture.core.transactions import transaction
from capture.mailing.outbox import queue
from forms.validators import cleaned_line

door = Blueprint("second_factor", __name__, url_prefix="/account/second-factor")


@door.get("")
@allowed("account.edit")
@without_factor
def show() -> BaseResponse:
    if current_user().factor_at is not None:
        return _kept()
    return _offer(second_factor.new_secret())


@door.post("/confirmation")
@allowed("account.edit")
@without_factor
def confirmation() -> BaseResponse:
    """The secret comes back sealed, for this user only; a right code turns it on."""
    user = current_user()
    secret = second_factor.taken_up(user.id, request.form.get("secret", ""))
    if secret is None:
        return redirect(url_for(".show"), 303)
    try:
        limits.count("codes", account=user.id)
    except RateLimitExceeded:
        return _offer(secret, _("Too many tries. Please wait a few minutes."), 429)
    with transaction() as write:
        if not second_factor.turn_on(write, user.id, secret, _typed("code"), now()):
            return _offer(secret, _("This code is not right. Does the clock of your phone run right?"), 422)
        codes = second_factor.new_recovery_codes(write, user.id)
        _tell(write, user, "factor_on")
    return _codes(codes, is_new=True)


@door.post("/recovery-codes")
@allowed("account.edit")
def recovery_codes() -> BaseResponse:
    """Ten new ones; the old ones are worth nothing from now on."""
    user = current_user()
    try:
        _refuse_unproved(user)
    except Invalid as refusal:
        return _kept(codes_error=refusal.message, status=422)
    with transaction() as write:
        codes = second_factor.new_recovery_codes(write, user.id)
        note(write, user.email, "user.recovery_codes", subject=user.email, at=now(), details={})
    return _codes(codes, is_new=False)


@door.post("/removal")
@allowed("account.edit")
def removal() -> BaseResponse:
    user = current_user()
    if user.role in second_factor.required_roles():
        raise Conflict("Your role needs a second factor. Ask an admin.")
    try:
        _refuse_unproved(user)
    except Invalid as refusal:
        return _kept(removal_error=refusal.message, status=422)
    with transaction() as write:
        second_factor.turn_off(write, user.id)
        _tell(write, user, "factor_off")
    flash("Signing in asks for no code any more.", "success")
    return redirect(url_for("console.account.show"), 303)


def _refuse_unproved(user: User) -> None:
    """Whoever sits at an open screen must be the owner: the password once more, or a code where there is none."""
    typed = request.form.get("proof", "")
    try:
        limits.count("passwords", account=user.email)
    except RateLimitExceeded:
        raise Invalid(_("Too many tries. Please wait a few minutes.")) from None
    if user.password_hash:
        if not is_right(user.password_hash, typed):
            raise Invalid(_("This is not your password."))
        return
    with transaction() as write:
        if not second_factor.code_is_right(write, user.id, typed[:64], now()):
            raise Invalid(_("This code is not right, or has been used. Wait for the next one."))


def _tell(write: Connection, user: User, kind: str) -> None:
    note(write, user.email, f"user.{kind}", subject=user.email, at=now(), details={})
    queue(write, news(kind, user.email, user.locale or spoken(), at=now()), at=now())


def _offer(secret: str, error: str = "", status: int = 200) -> BaseResponse:
    user = current_user()
    address = second_factor.address_of(secret, user.email, str(frame()["site_name"]))
    return screen(
        "team/second_factor_new.html",
        status=status,
        picture=second_factor.picture_of(address),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed=second_factor.offered(user.id, secret),
        error=error,
        is_required=user.role in second_factor.required_roles(),
    )


def _kept(*, codes_error: str = "", removal_error: str = "", status: int = 200) -> BaseResponse:
    user = current_user()
    return screen(
        "team/second_factor.html",
        status=status,
        since=user.factor_at,
        left=second_factor.recovery_codes_left(user.id),
        by_password=user.password_hash is not None,
        is_required=user.role in second_factor.required_roles(),
        codes_error=codes_error,
        removal_error=removal_error,
    )


def _codes(codes: list[str], *, is_new: bool) -> BaseResponse:
    return screen("team/recovery_codes.html", codes=codes, is_new=is_new, email=current_user().email)


def _typed(name: str) -> str:
    return str(cleaned_line(request.form.get(name, "")))[:64]
