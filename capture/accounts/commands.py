"""`capture user` and `capture token`."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click
from flask import current_app
from sqlalchemy import Connection, select

from capture.accounts import colleagues, second_factor, sessions
from capture.accounts.audit import note
from capture.accounts.colleagues import clean_email, create_user
from capture.accounts.models import ApiToken, User
from capture.accounts.passwords import problem_with
from capture.accounts.roles import ROLES, SCOPES
from capture.accounts.tokens import new_token, revoke
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import CaptureError, Conflict, Invalid
from capture.core.json import iso
from capture.core.transactions import transaction

__all__ = ["create_user", "sign_in_address", "token", "user"]


@click.group()
def user() -> None:
    """The people who work with the console.

    \b
    Example:
      capture user add linh@nharang.example --role marketer
    """


@user.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="How the console greets them.")
@click.option("--password-stdin", is_flag=True, help="Read a password instead of printing a sign-in link.")
def add_user(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Add somebody; prints a one-time sign-in link.

    \b
    Example:
      capture user add linh@nharang.example --role marketer
    """
    try:
        email = clean_email(email)
    except Invalid as error:
        raise click.BadParameter(error.message, param_hint="EMAIL") from error
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    if password is not None and (problem := problem_with(password, (email, name))):
        raise click.ClickException(problem)
    try:
        link = _added(email, role, name=name, password=password)
    except Conflict as error:
        raise click.ClickException(error.message) from error
    click.echo(sign_in_address(link) if link else f"{email} can sign in")


def _added(email: str, role: str, *, name: str, password: str | None) -> str | None:
    with transaction() as write:
        user_id = create_user(write, email, role, name=name, password=password)
        note(write, "operator", "user.add", subject=email, at=now(), details={"after": {"role": role}})
        return None if password else sessions.new_link(write, user_id, now())


@user.command("list")
def list_users() -> None:
    """Everybody who works here.

    \b
    Example:
      capture user list
    """
    for one in db.session.execute(select(User).order_by(User.email)).scalars():
        state = "disabled" if one.disabled_at else ("active" if one.joined_at else "invited")
        factor = "second factor" if one.factor_at else "-"
        click.echo(f"{one.email:<40} {one.role:<10} {state:<9} {factor:<14} {iso(one.seen_at) if one.seen_at else '-'}")


@user.command("disable")
@click.argument("email")
def disable_user(email: str) -> None:
    """Let somebody in no more; ends every session at once.

    \b
    Example:
      capture user disable linh@nharang.example
    """
    _changed(email, lambda write, user_id: colleagues.disable(write, user_id, by="operator", at=now()))
    click.echo(f"{email} is out")


@user.command("link")
@click.argument("email")
def link_user(email: str) -> None:
    """A new one-time sign-in link for somebody who is here already.

    \b
    Example:
      capture user link linh@nharang.example
    """
    made = _changed(email, lambda write, user_id: sessions.new_link(write, user_id, now()), "user.link")
    click.echo(sign_in_address(str(made)))


@user.command("forget-factor")
@click.argument("email")
def forget_factor(email: str) -> None:
    """Turn the second factor of somebody off, whose phone and recovery codes are lost.

    \b
    Example:
      capture user forget-factor linh@nharang.example
    """
    _changed(email, second_factor.turn_off, "user.factor_off")
    click.echo(f"{email} signs in without a code")


def _changed(email: str, change: Callable[[Connection, str], object], action: str = "") -> object:
    try:
        with transaction() as write:
            user_id = write.execute(select(User.id).where(User.email == email.strip().lower())).scalar()
            if user_id is None:
                raise click.ClickException(f"there is no {email}")
            done = change(write, user_id)
            if action:
                note(write, "operator", action, subject=email, at=now(), details={})
            return done
    except CaptureError as error:
        raise click.ClickException(error.message) from error


def sign_in_address(token: str) -> str:
    settings = current_app.config["SETTINGS"]
    return f"{settings.public_url or settings.probe_address}/console/sign-in/{token}"


@click.group()
def token() -> None:
    """The keys of machines.

    \b
    Example:
      capture token create shop --scope submissions:write
    """


@token.command("create")
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, required=True, type=click.Choice(SCOPES), help="Repeat for several.")
def create_token(name: str, scopes: tuple[str, ...]) -> None:
    """Make a bearer token; prints the token alone, and only now.

    \b
    Example:
      capture token create shop --scope submissions:write
    """
    with transaction() as write:
        made = new_token(write, name, scopes, now())
        note(write, "operator", "token.create", subject=name, at=now(), details={"scopes": list(scopes)})
    click.echo(made)


@token.command("list")
def list_tokens() -> None:
    """Every key that opens something, newest last.

    \b
    Example:
      capture token list
    """
    rows = select(ApiToken).where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id)
    for one in db.session.execute(rows).scalars():
        used = iso(one.last_used_at) if one.last_used_at else "never used"
        until = f" until {iso(one.expires_at)}" if one.expires_at else ""
        click.echo(f"{one.id}  {one.name:<20} {used:<25} {' '.join(one.scopes)}{until}")


@token.command("revoke")
@click.argument("token_id", metavar="ID")
def revoke_token(token_id: str) -> None:
    """End a key at once; `token list` has the ids.

    \b
    Example:
      capture token revoke 019ab3c4-…
    """
    with transaction() as write:
        done = revoke(write, token_id, now())
        if done:
            note(write, "operator", "token.revoke", subject=token_id, at=now(), details={})
    if not done:
        raise click.ClickException(f"there is no live key {token_id}")
    click.echo("revoked")
