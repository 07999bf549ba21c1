"""The operators' door as they meet it: help without anything set up, and failures as sentences."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask
from sqlalchemy import update

from capture import settings
from capture.cli import cli
from capture.core.transactions import transaction
from capture.delivery.models import Delivery, Destination
from capture.demo import run as demo
from capture.doctor import findings
from tests import services
from tests.products import Product, typed

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "from capture.cli import main; main()"


def capture(folder: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """Exit code and everything that it said."""
    own = {"INSTANCE": str(folder), "PYTHONPATH": str(ROOT), "DATABASE_URL": "", "REDIS_URL": "", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, *arguments],
        env={**own, **environment}, capture_output=True, text=True, cwd=folder, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield f"{path}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")


def test_every_command_has_an_example() -> None:
    assert [name for name, command in commands(cli) if "Example" not in (command.help or "")] == []


def test_help_needs_nothing_set_up(tmp_path: Path) -> None:
    broken = {"PORT": "abc", "DATABASE_URL": "sqlite:////nowhere/at/all/x.sqlite"}
    for arguments in (["--help"], ["user", "add", "--help"], ["worker", "--help"]):
        code, said = capture(tmp_path, *arguments, **broken)
        assert (code, "Usage: capture" in said) == (0, True), said


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "run `capture migrate`"),
        ({"DATABASE_URL": "sqlite:////nowhere/at/all/x.sqlite"}, "make the folder /nowhere/at/all first"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "does not answer"),
        ({"PORT": "abc"}, "PORT='abc' cannot be used"),
    ],
)
def test_a_failure_is_a_sentence_to_act_on(tmp_path: Path, environment: dict[str, str], sentence: str) -> None:
    code, said = capture(tmp_path, "user", "add", "linh@example.com", "--role", "admin", **environment)
    assert code == 1
    assert sentence in said
    assert "Traceback" not in said and "linh@example.com" not in said


def test_the_doctor_says_what_to_do_before_the_first_migration(tmp_path: Path) -> None:
    code, said = capture(tmp_path, "doctor")
    assert code == 1
    assert "not the newest: run `capture migrate`" in said
    assert "does not answer" not in said and "secret key" in said


def test_the_doctor_asks_redis(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], redis_url="redis://127.0.0.1:1/0"))
    assert [one.state for one in findings(app) if one.subject == "REDIS_URL"] == ["bad"]
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], redis_url=services.redis_url()))
    assert [one.state for one in findings(app) if one.subject == "REDIS_URL"] == ["good"]


def test_replaying_a_delivery_lets_its_paused_destination_go_on(site: Product) -> None:
    site.app.test_client().post("/f/guide", data=typed())
    with transaction() as write:
        write.execute(update(Destination).values(paused_at=site.rows(Delivery)[0].due_at, pause_reason="gone"))
    runner = site.app.test_cli_runner()
    command = site.app.extensions["capture.doors"].commands
    deliveries = next(one for one in command if one.name == "deliveries")
    said = runner.invoke(deliveries, ["replay", site.rows(Delivery)[0].id])
    assert (said.exit_code, said.output) == (0, "1 will be sent again\n")
    assert site.rows(Destination)[0].paused_at is None


def test_the_worker_logs(tmp_path: Path) -> None:
    assert capture(tmp_path, "migrate")[0] == 0
    own = {"INSTANCE": str(tmp_path), "PYTHONPATH": str(ROOT), "DATABASE_URL": "", "REDIS_URL": "", "PATH": ""}
    with subprocess.Popen([sys.executable, "-c", COMMAND, "worker"], env=own, stderr=subprocess.PIPE, text=True) as one:
        assert one.stderr is not None
        assert "sending what is due" in one.stderr.readline()
        one.terminate()
        assert "INFO capture.worker: stopped" in one.stderr.read()


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    for name in ("HOOK_CRM_SECRET", "HOOK_GUIDE_WORD", "EGRESS_ALLOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("INSTANCE", str(tmp_path))
    (tmp_path / ".env").write_text("HOOK_CRM_SECRET=from-the-file\nEGRESS_ALLOW=10.0.0.7:8080\n")
    return tmp_path / ".env"


def test_secrets_in_the_env_file_are_seen_and_the_environment_beats_them(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.load().hooks == {"HOOK_CRM_SECRET": "from-the-file"}
    monkeypatch.setenv("HOOK_CRM_SECRET", "from-the-environment")
    assert settings.load().hooks == {"HOOK_CRM_SECRET": "from-the-environment"}
    assert "from-the" not in repr(settings.load())


def test_run_keeps_what_the_env_file_says(env_file: Path) -> None:
    demo._prepare_environment()
    found = settings.load()
    assert found.egress_allow == {"10.0.0.7:8080", f"127.0.0.1:{demo.CRM_PORT}"}
    assert found.hooks["HOOK_CRM_SECRET"] == "from-the-file"
    os.environ.pop("EGRESS_ALLOW")


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]")],
)
def test_readiness_is_asked_where_the_server_listens(host: str, address: str, tmp_path: Path) -> None:
    found = settings.load({"HOST": host, "PORT": "8123", "INSTANCE": str(tmp_path)})
    assert found.probe_address == f"http://{address}:8123"
