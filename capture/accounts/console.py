"""The entrance: signing in by password, code or one-time link, and out again."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, session, url_for
from flask_limiter import RateLimitExceeded
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import second_factor, sessions
from capture.accounts.audit import note
from capture.accounts.entrance import come_in, enter, enter_within
from capture.accounts.guards import SESSION_TOKEN, open_to_all
from capture.accounts.history import note_sign_in
from capture.accounts.issuer import provider_name
from capture.accounts.letters import news
from capture.accounts.models import User
from capture.accounts.passwords import is_right
from capture.console.shell import csrf, frame
from capture.core import limits
from capture.core.clock import now
from capture.core.db import db
from capture.core.speech import _, spoken
from capture.core.transactions import transaction
from capture.mailing.outbox import queue
from forms.validators import cleaned_line

LINKS = ("link", "invitation")
EMAIL_LENGTH = 320

door = Blueprint("accounts", __name__)


def install(console: Blueprint) -> None:
    console.before_request(_protected)
    console.register_blueprint(door)


def _protected() -> None:
    csrf.protect()


@door.route("/sign-in", methods=["GET", "POST"])
@open_to_all
def sign_in() -> BaseResponse:
    if request.method != "POST":
        return asked()
    email, password = email_typed(), request.form.get("password", "")
    try:
        limits.count("sign_ins")
        limits.count("passwords", account=email)
    except RateLimitExceeded:
        return asked(email, _("Too many tries. Please wait a few minutes."), 429)
    user = db.session.execute(select(User).where(User.email == email)).scalar()
    right = is_right(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at is not None:
        _note_failure(user, how="password")
        return asked(email, _("Email and password do not belong together."), 422)
    return enter(user, how="password", target=url_for("console.home.today"))


@door.route("/sign-in/code", methods=["GET", "POST"])
@open_to_all
def code() -> BaseResponse:
    """The second step. Five tries, then the password is asked for again; each code is good once."""
    token = session.get(SESSION_TOKEN, "")
    half = sessions.half_of(token, now())
    if half is None:
        return redirect(url_for("console.accounts.sign_in"), 303)
    if request.method != "POST":
        return _asked_code(half[0].email)
    try:
        limits.count("codes", account=half[0].id)
    except RateLimitExceeded:
        return _asked_code(half[0].email, _("Too many tries. Please wait a few minutes."), 429)
    return _code_tried(half[0], token, str(cleaned_line(request.form.get("code", "")))[:64])


@door.route("/sign-in/<token>", methods=["GET", "POST"])
@open_to_all
def link(token: str) -> BaseResponse:
    """A look changes nothing, since mail scanners look; pressing the button uses the link up."""
    user = sessions.user_of_link(token, now(), purposes=LINKS)
    if user is None:
        return asked(state="link_used", status=410)
    if request.method != "POST":
        is_new = user.joined_at is None
        shown = {"action": request.path, "email": user.email, "is_invitation": is_new, "by": user.invited_by}
        return Response(render_template("console/use_link.html", **nobody(), **shown))
    with transaction() as write:
        if sessions.use_link(write, token, now(), purposes=LINKS) is None:
            return asked(state="link_used", status=410)
        return enter_within(write, user, how="link", target=url_for("console.account.password"))


@door.post("/sign-out")
@open_to_all
def sign_out() -> BaseResponse:
    """Ends the session at once, wherever its cookie may still be."""
    if SESSION_TOKEN in session:
        with transaction() as write:
            sessions.end(write, session[SESSION_TOKEN])
    session.clear()
    return redirect(url_for("console.accounts.sign_in"), 303)


def asked(email: str = "", error: str = "", status: int = 200, state: str = "ask") -> BaseResponse:
    """The sign-in page, with what went wrong."""
    if "user" in g and state == "ask" and not error:
        return redirect(url_for("console.home.today"), 303)
    provider = provider_name(current_app.config["SETTINGS"])
    form = {"state": state, "error": error, "errors": {"email": "", "password": ""}, "email": email}
    ways = {"action": url_for("console.accounts.sign_in"), "forgotten": url_for("console.forgotten.request_link")}
    more = {"provider": provider, "provider_href": url_for("console.oidc.visit") if provider else ""}
    return Response(render_template("console/sign_in.html", **nobody(), **form, **ways, **more), status)


def nobody() -> dict[str, object]:
    """The frame of a page at the entrance, whoever may be signed in."""
    return {**frame(), "user": None}


def email_typed() -> str:
    return str(cleaned_line(request.form.get("email", ""))).lower()[:EMAIL_LENGTH]


def _code_tried(user: User, token: str, typed: str) -> BaseResponse:
    with transaction() as write:
        if not sessions.count_try(write, token, now()):
            sessions.end(write, token)
            return asked(error=_("Too many wrong codes. Sign in again."), status=422)
        if second_factor.code_is_right(write, user.id, typed, now()):
            return come_in(write, user, how="code", target=url_for("console.home.today"))
        if second_factor.use_recovery_code(write, user.id, typed, now()):
            note(write, user.email, "user.recovery_code", subject=user.email, at=now(), details={})
            queue(write, news("recovery_used", user.email, user.locale or spoken(), at=now()), at=now())
            return come_in(write, user, how="recovery", target=url_for("console.account.show"))
        note_sign_in(write, user.id, how="code", outcome="wrong", at=now())
    return _asked_code(user.email, _("This code is not right, or has been used. Wait for the next one."), 422)


def _asked_code(email: str, error: str = "", status: int = 200) -> BaseResponse:
    shown = {"action": url_for("console.accounts.code"), "email": email, "error": error}
    return Response(render_template("accounts/code.html", **nobody(), **shown), status)


def _note_failure(user: User | None, *, how: str) -> None:
    """Written for nobody too: the time that it takes tells nothing then."""
    outcome = "disabled" if user is not None and user.disabled_at is not None else "wrong"
    with transaction() as write:
        note_sign_in(write, user.id if user else None, how=how, outcome=outcome, at=now())
