"""The marketers' door of accounts: signing in and out, one-time links, choosing a password."""

from __future__ import annotations

from flask import Blueprint, Response, flash, g, redirect, render_template, request, session, url_for
from flask_limiter import RateLimitExceeded
from sqlalchemy import select, update
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import sessions
from capture.accounts.audit import note
from capture.accounts.guards import SESSION_TOKEN, allowed, current_user, open_to_all
from capture.accounts.models import User
from capture.accounts.passwords import hashed, is_right, problem_with
from capture.console.shell import csrf, frame, screen
from capture.core import limits
from capture.core.clock import now
from capture.core.db import db
from capture.core.speech import _
from capture.core.transactions import transaction
from forms.validators import cleaned_line

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
        return _asked()
    email, password = str(cleaned_line(request.form.get("email", ""))).lower()[:320], request.form.get("password", "")
    try:
        limits.count("sign_ins")
    except RateLimitExceeded:
        return _asked(email, _("Too many tries. Please wait a few minutes."), 429)
    user = db.session.execute(select(User).where(User.email == email)).scalar()
    right = is_right(user.password_hash if user else None, password)
    if user is None or not right or user.disabled_at is not None:
        return _asked(email, _("Email and password do not belong together."), 422)
    return _signed_in(user.id, url_for("console.home.today"))


@door.route("/sign-in/<token>", methods=["GET", "POST"])
@open_to_all
def link(token: str) -> BaseResponse:
    """A look changes nothing, since mail scanners look; pressing the button uses the link up."""
    if request.method != "POST":
        if not sessions.link_is_good(token, now()):
            return _asked(state="link_used", status=410)
        return Response(render_template("console/use_link.html", **frame(), action=request.path))
    with transaction() as write:
        user_id = sessions.use_link(write, token, now())
    if user_id is None:
        return _asked(state="link_used", status=410)
    return _signed_in(user_id, url_for("console.accounts.password"))


@door.route("/password", methods=["GET", "POST"])
@allowed("home.see")
def password() -> BaseResponse:
    problem = ""
    if request.method == "POST":
        chosen = request.form.get("password", "")
        problem = problem_with(chosen) or ""
        if not problem:
            return _password_chosen(chosen)
    errors = {"password": _(problem) if problem else ""}
    where = {"action": url_for("console.accounts.password"), "skip": url_for("console.home.today")}
    return screen("console/set_password.html", status=422 if problem else 200, errors=errors, **where)


@door.post("/sign-out")
@open_to_all
def sign_out() -> BaseResponse:
    """Ends the session at once, wherever its cookie may still be."""
    if SESSION_TOKEN in session:
        with transaction() as write:
            sessions.end(write, session[SESSION_TOKEN])
    session.clear()
    return redirect(url_for("console.accounts.sign_in"), 303)


def _password_chosen(chosen: str) -> BaseResponse:
    secret = hashed(chosen)
    with transaction() as write:
        write.execute(update(User).where(User.id == current_user().id).values(password_hash=secret))
        note(write, current_user().email, "user.password", subject=current_user().email, at=now(), details={})
    flash("Your password is saved.", "success")
    return redirect(url_for("console.home.today"), 303)


def _signed_in(user_id: str, target: str) -> BaseResponse:
    """A new session with a new token: an old cookie, ours or planted, means nothing any more."""
    with transaction() as write:
        if SESSION_TOKEN in session:
            sessions.end(write, session[SESSION_TOKEN])
        client = request.client  # type: ignore[attr-defined]
        made = sessions.begin(write, user_id, address=client, agent=request.user_agent.string, at=now())
        note(write, user_id, "user.sign_in", subject=user_id, at=now(), details={})
    session.clear()
    session[SESSION_TOKEN] = made
    return redirect(target, 303)


def _asked(email: str = "", error: str = "", status: int = 200, state: str = "ask") -> BaseResponse:
    if "user" in g and state == "ask" and not error:
        return redirect(url_for("console.home.today"), 303)
    form = {"state": state, "error": error, "errors": {"email": "", "password": ""}, "email": email, "next": ""}
    frame_only = {**frame(), "user": None}
    body = render_template("console/sign_in.html", **frame_only, **form, action=url_for("console.accounts.sign_in"))
    return Response(body, status)
