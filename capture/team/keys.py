"""API keys: made with scopes, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import tokens
from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.models import ApiToken
from capture.accounts.roles import SCOPES
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.speech import _
from capture.core.transactions import transaction
from capture.team.words import word
from forms.validators import cleaned_line

LIFETIMES = {"": None, "30": timedelta(days=30), "90": timedelta(days=90), "365": timedelta(days=365)}
NAME_LENGTH = 64

door = Blueprint("keys", __name__, url_prefix="/keys")


@door.route("", methods=["GET", "POST"])
@allowed("keys.edit")
def index() -> BaseResponse:
    """The list; a posting makes a key and shows it, this once."""
    if request.method != "POST":
        return _shown()
    name = str(cleaned_line(request.form.get("name", "")))[: NAME_LENGTH + 1]
    scopes = [one for one in SCOPES if one in request.form.getlist("scope")]
    days = request.form.get("lifetime", "")
    errors = _problems(name, scopes, days)
    if errors:
        return _shown({"name": name, "scopes": scopes, "lifetime": days}, errors, status=422)
    at, lifetime, by = now(), LIFETIMES[days], current_user().email
    until = at + lifetime if lifetime else None
    with transaction() as write:
        made = tokens.new_token(write, name, scopes, at, expires_at=until, created_by=by)
        details = {"after": {"scopes": scopes, "until": until.isoformat() if until else None}}
        note(write, by, "token.create", subject=name, at=at, details=details)
    return _shown(made={"name": name, "token": made})


@door.post("/<token_id>/revocation")
@allowed("keys.edit")
def revocation(token_id: str) -> BaseResponse:
    found = db.session.get(ApiToken, token_id)
    if found is None:
        raise NotFound("There is no such key.")
    with transaction() as write:
        if tokens.revoke(write, token_id, now()):
            details = {"before": {"scopes": found.scopes}}
            note(write, current_user().email, "token.revoke", subject=found.name, at=now(), details=details)
    flash("The key is revoked; it opens nothing any more.", "success")
    return redirect(url_for(".index"), 303)


def _problems(name: str, scopes: list[str], days: str) -> dict[str, str]:
    errors = {}
    if not 0 < len(name) <= NAME_LENGTH:
        errors["name"] = _("A name has 1 to 64 characters.")
    if not scopes:
        errors["scope"] = _("Choose what the key may do, one thing at least.")
    if days not in LIFETIMES:
        errors["lifetime"] = _("Choose one of the list.")
    return errors


def _shown(
    typed: dict[str, Any] | None = None,
    errors: dict[str, str] | None = None,
    *,
    made: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    rows = select(ApiToken).order_by(ApiToken.revoked_at.is_not(None), ApiToken.id.desc()).limit(200)
    return screen(
        "team/keys.html",
        status=status,
        keys=[_row(one) for one in db.session.execute(rows).scalars()],
        scopes=[{"key": one, "about": _(word("scope", one))} for one in SCOPES],
        typed=typed or {"name": "", "scopes": [], "lifetime": ""},
        errors=errors or {},
        made=made,
    )


def _row(one: ApiToken) -> dict[str, Any]:
    is_over = one.expires_at is not None and one.expires_at <= now()
    return {
        "name": one.name,
        "scopes": one.scopes,
        "state": "revoked" if one.revoked_at else ("over" if is_over else "live"),
        "created_at": one.created_at,
        "created_by": one.created_by or "",
        "last_used_at": one.last_used_at,
        "expires_at": one.expires_at,
        "revoke_href": None if one.revoked_at else url_for(".revocation", token_id=one.id),
    }
