"""`capture worker`, `capture deliveries`, `capture receiver`."""

from __future__ import annotations

import contextlib
import signal
import sys

import click
from flask import current_app
from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.json import iso
from capture.core.logs import configure_logging
from capture.core.transactions import transaction
from capture.delivery import claims
from capture.delivery.models import STATES, Delivery, Destination, Message
from capture.delivery.signatures import new_secret


@click.command()
def worker() -> None:
    """Send what is waiting to its destinations; runs in the foreground.

    \b
    Example:
      capture worker
    """
    from capture.delivery.worker import Worker

    configure_logging()
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    doors = app.extensions["capture.doors"]
    running = Worker(app, chores=doors.chores, errands=doors.errands)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: running.stop())
    click.echo("capture worker: sending what is due", err=True)
    running.run()


@click.group()
def deliveries() -> None:
    """See and repeat what was sent to destinations.

    \b
    Examples:
      capture deliveries list --state failed
      capture deliveries replay --destination crm
    """


@deliveries.command("list")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--destination", help="Only those to this destination.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
def list_deliveries(state: str | None, destination: str | None, limit: int) -> None:
    """List deliveries, newest first.

    \b
    Example:
      capture deliveries list --state failed --destination crm
    """
    columns = (
        Delivery.id,
        Delivery.state,
        Delivery.attempts,
        Delivery.due_at,
        Delivery.why,
        Destination.name,
        Message.type,
    )
    rows = select(*columns).join(Message, Message.id == Delivery.message_id)
    rows = rows.join(Destination, Destination.id == Delivery.destination_id).order_by(Delivery.id.desc()).limit(limit)
    if state:
        rows = rows.where(Delivery.state == state)
    if destination:
        rows = rows.where(Destination.name == destination)
    for row in db.session.execute(rows):
        due = f" due {iso(row.due_at)}" if row.state == "waiting" else ""
        click.echo(
            f"{row.id}  {row.state:<9} {row.type:<20} {row.name:<16} attempts {row.attempts}{due} {row.why or ''}"
        )


@deliveries.command()
@click.argument("ids", nargs=-1)
@click.option("--destination", help="Everything of this destination that failed or waits.")
@click.option("--state", type=click.Choice(("failed", "waiting", "delivered")), default="failed", show_default=True)
def replay(ids: tuple[str, ...], destination: str | None, state: str) -> None:
    """Send deliveries again, and let their destinations go on if they were paused.

    \b
    Examples:
      capture deliveries replay 019ab3c4-…
      capture deliveries replay --destination crm
    """
    if not ids and not destination:
        raise click.UsageError("Name deliveries, or a --destination.")
    destination_id = _destination_id(destination) if destination else None
    chosen = list(ids) or _ids_of(str(destination_id), state)
    with transaction() as write:
        if destination_id:
            claims.resume(write, destination_id, at=now())
        claims.resume_for(write, chosen)
        count = claims.replay(write, chosen, at=now()) if chosen else 0
    click.echo(f"{count} will be sent again")
    if ids and count < len(ids):
        raise click.ClickException(f"{len(ids) - count} of {len(ids)} are unknown or under way")


def _destination_id(name: str) -> str:
    found = db.session.execute(select(Destination.id).where(Destination.name == name)).scalar()
    if found is None:
        raise click.ClickException(f"there is no destination {name!r}")
    return str(found)


def _ids_of(destination_id: str, state: str) -> list[str]:
    rows = select(Delivery.id).where(Delivery.destination_id == destination_id, Delivery.state == state)
    return list(db.session.execute(rows).scalars())


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=9000, show_default=True, type=click.IntRange(1, 65_535))
@click.option("--secret", help="Defaults to HOOK_CRM_SECRET.")
@click.option("--new-secret", "make_secret", is_flag=True, help="Print a new signing secret and end.")
@click.option("--fail", type=click.IntRange(300, 599), help="Answer every message with this status.")
@click.option("--slow", default=0.0, type=float, help="Wait so many seconds before each answer.")
@click.option("--json", "as_json", is_flag=True, help="One JSON line a message.")
def receiver(
    host: str, port: int, secret: str | None, make_secret: bool, fail: int | None, slow: float, as_json: bool
) -> None:
    """A demo CRM: verifies signatures and prints the leads that arrive.

    \b
    Example:
      HOOK_CRM_SECRET=$(capture receiver --new-secret) capture receiver --port 9000
    """
    if make_secret:
        click.echo(new_secret())
        return
    from capture.delivery import receiver as crm

    secret = secret or current_app.config["SETTINGS"].hooks.get("HOOK_CRM_SECRET", "")
    if not secret:
        raise click.UsageError("Give --secret, or set HOOK_CRM_SECRET.")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            crm.serve(host, port, secret=secret, out=sys.stdout, fail=fail, slow=slow, as_json=as_json)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"cannot receive on {host}:{port}: {error}") from error
