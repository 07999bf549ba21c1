"""Load from wrk: one thread, keep-alive connections, and what it saw."""

from __future__ import annotations

import json
import os
import subprocess
import uuid
from pathlib import Path
from typing import Any

from machine import Cores

HERE = Path(__file__).resolve().parent
SETTLE_SECONDS = 60
PHONES_A_RUN = 500_000


class LoadFailed(Exception):
    """wrk itself failed; the text is what it said."""


class Load:
    """Sends with so many connections; every run has people of its own."""

    def __init__(self, cores: Cores, connections: int = 16) -> None:
        self.cores, self.connections, self.runs = cores, connections, 0

    def send(self, script: str, url: str, seconds: float, headers: dict[str, str], **given: str) -> dict[str, Any]:
        """Requests, microseconds, bytes, refused (status over 399), broken, p50_us, p99_us, max_us."""
        running = self.start(script, url, seconds, headers, **given)
        self.cores.favour(running.pid)
        said, _ = running.communicate(timeout=seconds + SETTLE_SECONDS)
        return seen(said)

    def start(
        self, script: str, url: str, seconds: float, headers: dict[str, str], **given: str
    ) -> subprocess.Popen[str]:
        self.runs += 1
        wrk = ["wrk", "-t1", f"-c{self.connections}", f"-d{seconds}s", "--timeout", "10s"]
        environment = {
            "BENCH": str(HERE),
            "HEADERS": "\n".join(f"{name}: {value}" for name, value in headers.items()),
            "RUN": uuid.uuid4().hex[:8],
            "FIRST_PHONE": str(self.runs * PHONES_A_RUN),
            **given,
        }
        return subprocess.Popen(
            [*self.cores.for_load(), *wrk, "-s", str(HERE / "wrk" / script), url],
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


def seen(said: str) -> dict[str, Any]:
    for line in said.splitlines():
        if line.startswith("RESULT "):
            found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
            return found
    raise LoadFailed(f"wrk failed: {said}")
