"""`capture user` and `capture token`."""

from __future__ import annotations

import sys

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy import Connection, insert, select

from capture.accounts import sessions
from capture.accounts.audit import note
from capture.accounts.models import User
from capture.accounts.passwords import hashed, problem_with
from capture.accounts.roles import ROLES, SCOPES
from capture.accounts.tokens import new_token
from capture.core.clock import now
from capture.core.ids import new_id
from capture.core.transactions import transaction


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
        email = validate_email(email, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise click.BadParameter(str(error), param_hint="EMAIL") from error
    password = sys.stdin.readline().rstrip("\n") if password_stdin else None
    if password is not None and (problem := problem_with(password)):
        raise click.ClickException(problem)
    with transaction() as write:
        user_id = create_user(write, email, role, name=name, password=password)
        link = None if password else sessions.new_link(write, user_id, now())
        note(write, "operator", "user.add", subject=email, at=now(), details={"role": role})
    click.echo(sign_in_address(link) if link else f"{email} can sign in")


def create_user(write: Connection, email: str, role: str, *, name: str = "", password: str | None = None) -> str:
    """A new user; an existing one with this email is an error."""
    if write.execute(select(User.id).where(User.email == email)).first():
        raise click.ClickException(f"{email} is already here")
    user_id = new_id()
    row = {"id": user_id, "email": email, "name": name or email.split("@")[0], "role": role, "created_at": now()}
    write.execute(insert(User).values(**row, password_hash=hashed(password) if password else None))
    return user_id


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
