"""The door for forgotten passwords: the same answer for everybody, and a link that is good once."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, session, url_for
from flask_limiter import RateLimitExceeded
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import resets, sessions
from capture.accounts.console import asked, email_typed, nobody
from capture.accounts.entrance import enter_within
from capture.accounts.guards import SESSION_TOKEN, open_to_all
from capture.accounts.letters import origin
from capture.accounts.models import User
from capture.accounts.passwords import hashed, problem_with
from capture.core import limits
from capture.core.clock import now
from capture.core.speech import _, spoken
from capture.core.transactions import transaction

PURPOSES = ("reset",)

door = Blueprint("forgotten", __name__, url_prefix="/forgotten")


@door.route("", methods=["GET", "POST"], endpoint="request_link")
@open_to_all
def request_link() -> BaseResponse:
    if request.method != "POST":
        return _form()
    email = email_typed()
    if "@" not in email:
        return _form(email, _("This is not an email address."), 422)
    try:
        limits.count("resets")
    except RateLimitExceeded:
        return _form(email, _("Too many tries. Please wait a few minutes."), 429)
    where = origin(request.host, request.origin_known)  # type: ignore[attr-defined]
    with transaction() as write:
        resets.ask(write, email, origin=where, locale=spoken(), at=now())
    return _form(email, is_sent=True)


@door.route("/<token>", methods=["GET", "POST"])
@open_to_all
def choose(token: str) -> BaseResponse:
    user = sessions.user_of_link(token, now(), purposes=PURPOSES)
    if user is None:
        return asked(state="reset_used", status=410)
    if request.method != "POST":
        return _choice(user)
    chosen = request.form.get("password", "")
    problem = problem_with(chosen, (user.email, user.name, str(nobody()["site_name"])))
    return _choice(user, _(problem), 422) if problem else _chosen(user, token, chosen)


def _chosen(user: User, token: str, password: str) -> BaseResponse:
    secret = hashed(password)
    with transaction() as write:
        if sessions.use_link(write, token, now(), purposes=PURPOSES) is None:
            return asked(state="reset_used", status=410)
        resets.change_password(write, user, secret, how="reset", at=now())
        sessions.end_all(write, user.id)
        session.pop(SESSION_TOKEN, None)
        return enter_within(write, user, how="reset", target=url_for("console.home.today"))


def _form(email: str = "", error: str = "", status: int = 200, *, is_sent: bool = False) -> BaseResponse:
    ways = {"action": url_for("console.forgotten.request_link"), "back": url_for("console.accounts.sign_in")}
    shown = {"email": email, "error": error, "is_sent": is_sent}
    return Response(render_template("accounts/forgotten.html", **nobody(), **ways, **shown), status)


def _choice(user: User, error: str = "", status: int = 200) -> BaseResponse:
    shown = {"action": request.path, "email": user.email, "error": error}
    return Response(render_template("accounts/new_password.html", **nobody(), **shown), status)
