"""The team: who works here, inviting, roles, letting go; and the one page of permissions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import Connection, func, select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts import colleagues, letters, second_factor, sessions
from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.models import SignInLink, User
from capture.accounts.roles import PERMISSIONS, ROLES, may
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.speech import _, spoken
from capture.core.transactions import again_if_raced, transaction
from capture.mailing.models import Mail
from capture.mailing.outbox import queue
from capture.team.account import LOCALES
from capture.team.words import GROUPS, word

door = Blueprint("team", __name__, url_prefix="/team")


def has_colleague() -> bool:
    return db.session.execute(select(func.count()).select_from(User)).scalar_one() > 1


@door.get("")
@allowed("team.see")
def index() -> Response:
    people = db.session.execute(select(User).order_by(User.disabled_at.is_not(None), User.name, User.id)).scalars()
    required = second_factor.required_roles()
    roles = [{"key": role, "label": _(word("role", role)), "is_required": role in required} for role in ROLES]
    return screen("team/list.html", people=[_row(one, required) for one in people], roles=roles)


@door.get("/permissions")
@allowed("team.see")
def permissions() -> Response:
    """Made from roles.py: what the guard asks is what is shown."""
    groups = [{"title": _(word("group", key)), "rows": _permission_rows(firsts)} for key, firsts in GROUPS.items()]
    roles = [{"key": one, "label": _(word("role", one)), "about": _(word("role_about", one))} for one in ROLES]
    return screen("team/permissions.html", groups=groups, roles=roles)


@door.route("/invitations", methods=["GET", "POST"])
@allowed("team.edit")
def invitation() -> BaseResponse:
    if request.method != "POST":
        return _invitation_form({"email": "", "role": "marketer", "locale": spoken()})
    typed = {name: request.form.get(name, "").strip()[:320] for name in ("email", "role", "locale")}
    try:
        email = colleagues.clean_email(typed["email"])
        _refuse_unknown(typed)
        user_id = _invited(email, typed["role"], typed["locale"])
    except Conflict:
        return _invitation_form(typed, {"email": _("This address is here already.")})
    except Invalid as refusal:
        wrong = {"email": _("This is not an email address.")} if "email" in refusal.errors else refusal.errors
        return _invitation_form(typed, {name: str(text) for name, text in wrong.items()})
    flash("The invitation is on its way.", "success")
    return redirect(url_for(".show", user_id=user_id), 303)


@door.get("/<user_id>")
@allowed("team.see")
def show(user_id: str) -> Response:
    found = _found(user_id)
    return screen(
        "team/colleague.html",
        person=_row(found, second_factor.required_roles()),
        roles=[_choice(role) for role in ROLES],
        is_me=found.id == current_user().id,
        can_edit=may(current_user().role, "team.edit"),
        invitation=_invitation_of(found),
        joined_at=found.joined_at,
        invited_by=found.invited_by,
    )


@door.post("/<user_id>/role")
@allowed("team.edit")
def role(user_id: str) -> BaseResponse:
    wanted = request.form.get("role", "")
    if wanted not in ROLES:
        raise Invalid("Choose one of the roles.")
    return _changed(user_id, lambda write, by: colleagues.change_role(write, user_id, wanted, by=by, at=now()))


@door.post("/<user_id>/invitation")
@allowed("team.edit")
def invitation_again(user_id: str) -> BaseResponse:
    found = _found(user_id)
    if found.joined_at is not None or found.disabled_at is not None:
        raise Conflict("Only somebody who was invited and has not come in yet can be invited again.")
    with transaction() as write:
        token = sessions.new_link(write, user_id, now(), purpose="invitation")
        _queue_invitation(write, found.email, found.role, found.locale or spoken(), token, now())
        note(write, current_user().email, "user.invite_again", subject=found.email, at=now(), details={})
    flash("The invitation is on its way. The link before it is worth nothing any more.", "success")
    return redirect(url_for(".show", user_id=user_id), 303)


@door.post("/<user_id>/disabling")
@allowed("team.edit")
def disabling(user_id: str) -> BaseResponse:
    return _changed(user_id, lambda write, by: colleagues.disable(write, user_id, by=by, at=now()))


@door.post("/<user_id>/enabling")
@allowed("team.edit")
def enabling(user_id: str) -> BaseResponse:
    return _changed(user_id, lambda write, by: colleagues.enable(write, user_id, by=by, at=now()))


@door.post("/<user_id>/factor-removal")
@allowed("team.edit")
def factor_removal(user_id: str) -> BaseResponse:
    """For a lost phone; the owner hears of it."""
    found = _found(user_id)

    def change(write: Connection, by: str) -> None:
        second_factor.turn_off(write, user_id)
        note(write, by, "user.factor_off", subject=found.email, at=now(), details={})
        queue(write, letters.news("factor_off", found.email, found.locale or spoken(), at=now()), at=now())

    return _changed(user_id, change)


@door.post("/<user_id>/removal")
@allowed("team.edit")
def removal(user_id: str) -> BaseResponse:
    try:
        with transaction() as write:
            colleagues.remove(write, user_id, by=current_user().email, at=now())
    except Conflict as refusal:
        flash(refusal.message, "error")
        return redirect(url_for(".show", user_id=user_id), 303)
    flash("The colleague is removed.", "success")
    return redirect(url_for(".index"), 303)


@door.post("/factor-rule")
@allowed("team.edit")
def factor_rule() -> BaseResponse:
    """Which roles need a second factor; who has none sets it up at the next click."""
    wanted = sorted(set(request.form.getlist("role")) & set(ROLES))
    before = sorted(second_factor.required_roles())
    if wanted != before:
        with transaction() as write:
            second_factor.require_for(write, wanted)
            details = {"before": {"roles": before}, "after": {"roles": wanted}}
            note(write, current_user().email, "team.factor_rule", subject="team", at=now(), details=details)
    flash("The rule is saved.", "success")
    return redirect(url_for(".index"), 303)


@again_if_raced
def _invited(email: str, role: str, locale: str) -> str:
    by, at = current_user(), now()
    with transaction() as write:
        user_id, token = colleagues.invite(write, email, role, locale=locale, by=by.email, at=at)
        _queue_invitation(write, email, role, locale, token, at)
    return user_id


def _queue_invitation(write: Connection, email: str, role: str, locale: str, token: str, at: datetime) -> None:
    where = letters.origin(request.host, request.origin_known)  # type: ignore[attr-defined]
    until = at + sessions.LINK_LIFETIMES["invitation"]
    link = f"{where}/console/sign-in/{token}"
    queue(write, letters.invitation(email, role, locale, by=current_user().name, link=link, until=until), at=at)


def _changed(user_id: str, change: Any) -> BaseResponse:
    """Change a colleague and say so; what cannot be done is said on the same page."""
    try:
        with transaction() as write:
            change(write, current_user().email)
    except Conflict as refusal:
        flash(refusal.message, "error")
    else:
        flash("It is changed.", "success")
    return redirect(url_for(".show", user_id=user_id), 303)


def _refuse_unknown(typed: dict[str, str]) -> None:
    if typed["role"] not in ROLES or typed["locale"] not in LOCALES:
        raise Invalid(errors={"role": [_("Choose one of the list.")]})


def _invitation_form(typed: dict[str, str], errors: dict[str, str] | None = None) -> BaseResponse:
    choices = [_choice(role) for role in ROLES]
    shown = {"typed": typed, "errors": errors or {}, "roles": choices, "locales": LOCALES}
    return screen("team/invite.html", status=422 if errors else 200, **shown)


def _choice(role: str) -> dict[str, str]:
    return {"key": role, "label": _(word("role", role)), "about": _(word("role_about", role))}


def _found(user_id: str) -> User:
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound("There is no such colleague.")
    return found


def _row(user: User, required: frozenset[str]) -> dict[str, Any]:
    words = user.name.split()
    return {
        "id": user.id,
        "href": url_for("console.team.show", user_id=user.id),
        "name": user.name,
        "email": user.email,
        "initials": "".join(one[:1] for one in words[-2:]).upper(),
        "role": user.role,
        "role_label": _(word("role", user.role)),
        "state": "disabled" if user.disabled_at else ("active" if user.joined_at else "invited"),
        "has_factor": user.factor_at is not None,
        "lacks_factor": user.factor_at is None and user.role in required,
        "seen_at": user.seen_at,
    }


def _invitation_of(user: User) -> dict[str, Any] | None:
    """How the invitation of somebody who has not come in yet is doing."""
    if user.joined_at is not None:
        return None
    links = select(SignInLink.expires_at).where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
    mails = select(Mail.id, Mail.state).where(Mail.recipient == user.email, Mail.kind == "invitation")
    mail = db.session.execute(mails.order_by(Mail.id.desc()).limit(1)).first()
    until = db.session.execute(links.order_by(SignInLink.expires_at.desc()).limit(1)).scalar()
    can_read = mail is not None and may(current_user().role, "mailbox.see")
    return {
        "until": until if until and until > now() else None,
        "state": mail.state if mail else "",
        "mail_href": url_for("console.mailbox.show", mail_id=mail.id) if mail and can_read else None,
    }


def _permission_rows(firsts: tuple[str, ...]) -> list[dict[str, Any]]:
    found = [(key, roles) for key, roles in PERMISSIONS.items() if key.split(".")[0] in firsts]
    return [{"key": key, "label": _(word("permission", key)), "roles": roles} for key, roles in found]
