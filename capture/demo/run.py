"""Everything at once: web server, worker and demo CRM, until Ctrl-C."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from capture import settings
from capture.delivery.signatures import new_secret
from capture.demo.processes import Processes, interrupt_on_endings, refuse_taken
from capture.demo.ready import SECRET_FILE, SECRET_NAME, is_prepared

CRM_HOST, CRM_PORT = "127.0.0.1", 9000
ADMIN = "admin@nharang.example"


def run_all() -> None:
    """Prepare the database, start the three processes, print where to click, wait."""
    processes = Processes()
    interrupt_on_endings()
    try:
        _prepare_environment()
        found = settings.load()
        refuse_taken(found.host, found.port, f"Stop what listens there, or take another port: PORT={found.port + 80}")
        refuse_taken(CRM_HOST, CRM_PORT, "The demo CRM needs this port: stop what listens there, maybe an earlier run.")
        first_link = None if is_prepared(found) else _prepared()
        # Visitors first: the others load their part while the pages can be seen already.
        processes.start("serve")
        processes.await_ready(f"{found.probe_address}/readyz")
        _tell(found.public_url or found.probe_address, first_link)
        processes.start("receiver", "--host", CRM_HOST, "--port", str(CRM_PORT))
        processes.await_ready(f"http://{CRM_HOST}:{CRM_PORT}/")
        processes.start("worker")
        processes.watch()
    except KeyboardInterrupt:
        pass
    finally:
        processes.stop()


def _prepare_environment() -> None:
    """The demo CRM's secret, kept; and the permission to call it, which only an operator can give."""
    found = settings.load()
    path = found.instance / SECRET_FILE
    if not path.exists():
        path.touch(0o600)
        path.write_text(new_secret())
    if not found.hooks.get(SECRET_NAME):
        os.environ[SECRET_NAME] = path.read_text().strip()
    # What `.env` allows stays allowed: the environment of the processes that we start beats it.
    os.environ["EGRESS_ALLOW"] = ",".join(sorted(found.egress_allow | {f"{CRM_HOST}:{CRM_PORT}"}))


def _prepared() -> str | None:
    """Migrate, load the demo where there is nothing, and make a first login where there is nobody."""
    from capture import create_app
    from capture.core.migrations import is_current, upgrade
    from capture.demo import load

    app = create_app()
    with app.app_context():
        if not is_current():
            for line in upgrade(app):
                click.echo(line)
        if app.config["SETTINGS"].demo and load.is_empty():
            click.echo("loading the demo site …")
            load.load_site()
            load.load_people()
        return _first_login()


def _first_login() -> str | None:
    from sqlalchemy import select

    from capture.accounts import sessions
    from capture.accounts.commands import create_user, sign_in_address
    from capture.accounts.models import User
    from capture.core.clock import now
    from capture.core.db import db
    from capture.core.transactions import transaction

    if db.session.execute(select(User.id).limit(1)).first() is not None:
        return None
    with transaction() as write:
        user_id = create_user(write, ADMIN, "admin", name="Linh Nguyễn")
        return sign_in_address(sessions.new_link(write, user_id, now()))


def _tell(base: str, link: str | None) -> None:
    lines = [
        *_pages(base),
        ("Console", f"{base}/console/"),
        ("Demo CRM", f"http://{CRM_HOST}:{CRM_PORT}/"),
    ]
    command = os.path.relpath(Path(sys.executable).with_name("capture"))
    lines.append(("First login, once", link) if link else ("Login, once", f"{command} user link EMAIL"))
    click.echo("")
    for name, address in lines:
        click.echo(f"  {name:<18} {address}")
    click.echo("\n  Leads that arrive at the demo CRM are printed below. Ctrl-C stops everything.\n")


def _pages(base: str) -> list[tuple[str, str]]:
    """The demo's pages, where the demo is loaded."""
    if not settings.load().demo:
        return [("Home page", f"{base}/")]
    return [
        ("Landing page", f"{base}/guide?utm_source=facebook&utm_medium=cpc&utm_campaign=tet"),
        ("In English", f"{base}/en/guide"),
        ("Coupon page", f"{base}/tet"),
    ]
