"""One's own account: name, language and clock, password, sessions, and the history of signing in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, Response, flash, g, redirect, request, session, url_for
from flask_limiter import RateLimitExceeded
from sqlalchemy import update
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import history, resets, second_factor, sessions
from capture.accounts.audit import note
from capture.accounts.guards import SESSION_TOKEN, allowed, current_user, without_factor
from capture.accounts.models import SignIn, SignInEvent, User
from capture.accounts.passwords import hashed, is_right, problem_with
from capture.console.shell import frame, screen
from capture.core import limits
from capture.core.clock import now
from capture.core.errors import NotFound
from capture.core.speech import _
from capture.core.templates import zone
from capture.core.transactions import transaction
from capture.team.words import word
from forms.validators import cleaned_line

LOCALES = {"vi": "Tiếng Việt", "en": "English"}
NAME_LENGTH = 120

door = Blueprint("account", __name__)


@door.get("/account")
@allowed("account.edit")
def show() -> Response:
    return _account()


@door.post("/account/profile")
@allowed("account.edit")
def profile() -> BaseResponse:
    typed = {name: str(cleaned_line(request.form.get(name, ""))) for name in ("name", "locale", "timezone")}
    errors = _problems(typed)
    if errors:
        return _account(typed, errors, 422)
    user, wanted = current_user(), {name: value or None for name, value in typed.items()}
    before = {name: getattr(user, name) for name in wanted}
    if wanted != before:
        with transaction() as write:
            write.execute(update(User).where(User.id == user.id).values(**wanted))
            details = {"before": before, "after": wanted}
            note(write, user.email, "user.profile", subject=user.email, at=now(), details=details)
    flash("Your profile is saved.", "success")
    return redirect(url_for(".show"), 303)


@door.route("/password", methods=["GET", "POST"])
@allowed("home.see")
@without_factor
def password() -> BaseResponse:
    """The first one after a link; later on the old one is asked for."""
    if request.method != "POST":
        return _password_form()
    user, chosen = current_user(), request.form.get("password", "")
    try:
        limits.count("passwords", account=user.email)
    except RateLimitExceeded:
        return _password_form(_("Too many tries. Please wait a few minutes."), status=429)
    if user.password_hash and not is_right(user.password_hash, request.form.get("current", "")):
        return _password_form(old_problem=_("This is not your password of today."), status=422)
    problem = problem_with(chosen, (user.email, user.name, str(frame()["site_name"])))
    return _password_form(_(problem), status=422) if problem else _password_chosen(user, chosen)


@door.post("/account/sessions/<handle>/end")
@allowed("account.edit")
def end_session(handle: str) -> BaseResponse:
    with transaction() as write:
        if not sessions.end_one(write, current_user().id, handle):
            raise NotFound("This session is over already.")
        _note_end(write, 1)
    flash("That browser is signed out.", "success")
    return redirect(url_for(".show") + "#sessions", 303)


@door.post("/account/sessions/end")
@allowed("account.edit")
def end_sessions() -> BaseResponse:
    """Everywhere else, or everywhere: then here too."""
    is_here_too = request.form.get("everywhere") == "y"
    kept = "" if is_here_too else session[SESSION_TOKEN]
    with transaction() as write:
        _note_end(write, sessions.end_all(write, current_user().id, except_token=kept))
    if is_here_too:
        session.clear()
        return redirect(url_for("console.accounts.sign_in"), 303)
    flash("You are signed out everywhere else.", "success")
    return redirect(url_for(".show") + "#sessions", 303)


def _account(typed: dict[str, str] | None = None, errors: dict[str, str] | None = None, status: int = 200) -> Response:
    user, at = current_user(), now()
    kept = {"name": user.name, "locale": user.locale or "", "timezone": user.timezone or ""}
    return screen(
        "team/account.html",
        status=status,
        person=user,
        role=_(word("role", user.role)),
        profile=typed or kept,
        errors=errors or {},
        locales=LOCALES,
        zones=[(one, one.replace("_", " ")) for one in zones()],
        site_zone=zone() if not user.timezone else None,
        codes_left=second_factor.recovery_codes_left(user.id) if user.factor_at else 0,
        sessions=[_session(one) for one in sessions.sessions_of(user.id, at)],
        events=[_event(one) for one in history.events_of(user.id)],
    )


def _problems(typed: dict[str, str]) -> dict[str, str]:
    errors = {}
    if not 0 < len(typed["name"]) <= NAME_LENGTH:
        errors["name"] = _("A name has 1 to 120 characters.")
    if typed["locale"] and typed["locale"] not in LOCALES:
        errors["locale"] = _("Choose one of the list.")
    if typed["timezone"] and typed["timezone"] not in zones():
        errors["timezone"] = _("Choose one of the list.")
    return errors


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Places by continent; old names and offsets without a place are left out."""
    odd = ("Etc/", "SystemV/", "US/", "posix", "right", "Canada/", "Brazil/", "Mexico/", "Chile/")
    return ("UTC", *sorted(one for one in available_timezones() if "/" in one and not one.startswith(odd)))


def _password_form(problem: str = "", *, old_problem: str = "", status: int = 200) -> BaseResponse:
    has_one = current_user().password_hash is not None
    skip = url_for(".show") if has_one else url_for("console.home.today")
    where = {"action": url_for(".password"), "skip": skip, "has_one": has_one}
    errors = {"password": problem, "current": old_problem}
    return screen("console/set_password.html", status=status, errors=errors, **where)


def _password_chosen(user: User, chosen: str) -> BaseResponse:
    secret, is_first = hashed(chosen), user.password_hash is None
    with transaction() as write:
        resets.change_password(write, user, secret, how="console", at=now())
        sessions.end_all(write, user.id, except_token=session[SESSION_TOKEN])
    flash(
        "Your password is saved." if is_first else "Your password is changed; other browsers are signed out.", "success"
    )
    return redirect(url_for("console.home.today" if is_first else ".show"), 303)


def _note_end(write: Any, count: int) -> None:
    user = current_user()
    note(write, user.email, "user.sign_out", subject=user.email, at=now(), details={"sessions": count})


def _session(one: SignIn) -> dict[str, Any]:
    is_here = one.digest == g.session.digest
    handle = one.digest[: sessions.HANDLE_LENGTH]
    return {
        "browser": history.browser_of(one.agent) or _("Unknown browser"),
        "icon": "device-mobile" if history.is_phone(one.agent) else "device-desktop",
        "address": one.address or "",
        "seen_at": one.seen_at,
        "created_at": one.created_at,
        "is_here": is_here,
        "end_href": None if is_here else url_for(".end_session", handle=handle),
    }


def _event(one: SignInEvent) -> dict[str, Any]:
    return {
        "at": one.at,
        "is_good": one.outcome in {"ok", "code_due"},
        "outcome": _(word("outcome", one.outcome)),
        "how": _(word("how", one.how)),
        "address": one.address or "",
        "browser": history.browser_of(one.agent) or _("Unknown browser"),
    }
