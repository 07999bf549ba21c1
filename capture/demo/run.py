"""Everything at once: web server, worker and demo CRM, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import FrameType

import click

from capture import settings
from capture.delivery.signatures import new_secret

CRM_PORT = 9000
SECRET_NAME = "HOOK_CRM_SECRET"  # noqa: S105 -- a name
READY_SECONDS, STOP_SECONDS = 30, 30
ADMIN = "admin@nharang.example"


def run_all() -> None:
    """Prepare the database, start the three processes, print where to click, wait."""
    _prepare_environment()
    found = settings.load()
    first_link = _prepared()
    processes = {name: _start(name) for name in ("receiver", "serve", "worker")}
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        _await_ready(f"{found.probe_address}/readyz", processes)
        _tell(found.public_url or found.local_address, first_link)
        _watch(processes)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(processes)


def _prepare_environment() -> None:
    """The demo CRM's secret, kept; and the permission to call it, which only an operator can give."""
    found = settings.load()
    path = found.instance / "demo_crm_secret"
    if not path.exists():
        path.touch(0o600)
        path.write_text(new_secret())
    if not found.hooks.get(SECRET_NAME):
        os.environ[SECRET_NAME] = path.read_text().strip()
    # What `.env` allows stays allowed: the environment of the processes that we start beats it.
    os.environ["EGRESS_ALLOW"] = ",".join(sorted(found.egress_allow | {f"127.0.0.1:{CRM_PORT}"}))


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


def _start(command: str) -> subprocess.Popen[bytes]:
    arguments = ["--port", str(CRM_PORT)] if command == "receiver" else []
    entry = Path(sys.executable).with_name("capture")
    # A session of their own: Ctrl-C reaches us alone, and we stop them in order.
    return subprocess.Popen([entry, command, *arguments], start_new_session=True)  # noqa: S603


def _await_ready(url: str, processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        _fail_if_ended(processes)
        with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
            return
        time.sleep(0.05)
    raise click.ClickException("the web server did not become ready")


def _fail_if_ended(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    for name, process in processes.items():
        if process.poll() is not None:
            raise click.ClickException(f"`capture {name}` ended; its last lines say why")


def _tell(base: str, link: str | None) -> None:
    lines = [
        *_pages(base),
        ("Console", f"{base}/console/"),
        ("Demo CRM", f"http://127.0.0.1:{CRM_PORT}/"),
    ]
    if link:
        lines.append(("First login, once", link))
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


def _watch(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    while True:
        _fail_if_ended(processes)
        time.sleep(0.5)


def _stop(processes: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """The web server first, so that nothing new comes in; the worker and the CRM finish what is under way."""
    for name in ("serve", "worker", "receiver"):
        process = processes[name]
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
        if process.poll() is None:
            process.kill()


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
