"""The door for signing in with an identity provider: there with a state, and back with a code."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from typing import Any

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_limiter import RateLimitExceeded
from sqlalchemy import Connection, delete, insert, or_, select, update
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import colleagues, issuer
from capture.accounts.audit import note
from capture.accounts.console import asked
from capture.accounts.entrance import enter
from capture.accounts.guards import open_to_all
from capture.accounts.letters import origin
from capture.accounts.models import IssuerVisit, User
from capture.accounts.sessions import digest_of
from capture.core import limits
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import Invalid
from capture.core.speech import _
from capture.core.transactions import again_if_raced, transaction
from capture.settings import Settings
from forms.validators import cleaned_line

PATIENCE = timedelta(minutes=10)
BROWSER = "issuer"

door = Blueprint("oidc", __name__, url_prefix="/oidc")
log = logging.getLogger("capture.accounts")


@door.get("")
@open_to_all
def visit() -> BaseResponse:
    """Off to the provider. The state is ours and this browser's, and is good once."""
    settings = _settings()
    if not issuer.provider_name(settings):
        return redirect(url_for("console.accounts.sign_in"), 303)
    state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _each in range(4))
    try:
        limits.count("sign_ins")
        to = {"answer_at": _answer_at(), "state": state, "nonce": nonce, "verifier": verifier}
        address = issuer.address_to_visit(settings, **to)
    except RateLimitExceeded:
        return asked(error=_("Too many tries. Please wait a few minutes."), status=429)
    except issuer.NotProved as failure:
        return _refused(failure)
    with transaction() as write:
        row = {"digest": digest_of(state), "browser": digest_of(browser), "nonce": nonce, "verifier": verifier}
        write.execute(delete(IssuerVisit).where(IssuerVisit.expires_at <= now()))
        write.execute(insert(IssuerVisit).values(**row, expires_at=now() + PATIENCE))
    session[BROWSER] = browser
    return redirect(address, 303)


@door.get("/answer")
@open_to_all
def answer() -> BaseResponse:
    """Back with a code, or with a refusal."""
    visited = _taken(request.args.get("state", ""), session.pop(BROWSER, ""))
    if visited is None:
        return asked(error=_("This sign-in was begun elsewhere, or too long ago. Try again."), status=422)
    if "code" not in request.args:
        return asked(error=_("The sign-in was cancelled."), status=422)
    back = {"answer_at": _answer_at(), "nonce": visited.nonce, "verifier": visited.verifier}
    try:
        known = issuer.known_by(_settings(), request.args["code"][:2_000], **back)
        user = _user_of(known)
    except issuer.NotProved as failure:
        return _refused(failure)
    except Invalid:
        return _refused(issuer.NotProved("the email is none"))
    if user is None or user.disabled_at is not None:
        return asked(error=_("Nobody invited this address here. Ask an admin of your team."), status=422)
    return enter(user, how="issuer", target=url_for("console.home.today"))


def _taken(state: str, browser: str) -> Any:
    """What was noted when this browser left; taking it and forgetting it are one statement."""
    mine = (IssuerVisit.digest == digest_of(state)) & (IssuerVisit.browser == digest_of(browser))
    taken = delete(IssuerVisit).where(mine, IssuerVisit.expires_at > now())
    with transaction() as write:
        return write.execute(taken.returning(IssuerVisit.nonce, IssuerVisit.verifier)).first()


@again_if_raced
def _user_of(known: issuer.Known) -> User | None:
    """The person with this key; else the colleague with this email, who has the key from now on; else a new one."""
    email = colleagues.clean_email(known.email)
    with transaction() as write:
        rows = select(User.id).where(User.issuer_key == known.key)
        user_id = write.execute(rows).scalar() or _joined(write, known, email) or _new(write, known, email)
    return db.session.get(User, user_id) if user_id else None


def _joined(write: Connection, known: issuer.Known, email: str) -> str | None:
    """Never one who has the key of somebody else: an address may be given to a new person."""
    free = update(User).where(User.email == email, or_(User.issuer_key.is_(None), User.issuer_key == known.key))
    return write.execute(free.values(issuer_key=known.key).returning(User.id)).scalar()


def _new(write: Connection, known: issuer.Known, email: str) -> str | None:
    role = _settings().oidc_role
    if role is None or write.execute(select(User.id).where(User.email == email)).first():
        return None
    name = str(cleaned_line(known.name))[:255]
    user_id = colleagues.create_user(write, email, role, name=name)
    write.execute(update(User).where(User.id == user_id).values(issuer_key=known.key))
    note(write, email, "user.add", subject=email, at=now(), details={"after": {"role": role}})
    return user_id


def _refused(failure: issuer.NotProved) -> BaseResponse:
    log.warning("sign-in by the provider failed: %s", failure)
    return asked(error=_("The sign-in service did not vouch for you. Try again, or use your password."), status=422)


def _answer_at() -> str:
    return origin(request.host, request.origin_known) + "/console/oidc/answer"  # type: ignore[attr-defined]


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
