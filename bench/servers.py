"""Start a server on its core, in its own folder; measure it; stop it."""

from __future__ import annotations

import http.client
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from machine import Cores
from targets import Program

START_SECONDS, STOP_SECONDS = 30, 15


class StartFailed(Exception):
    """A server that did not come up; the text has its last words."""


class Server:
    """A running program. All processes that it starts are counted, and stopped."""

    def __init__(self, program: Program, parent: Path, cores: Cores) -> None:
        self.program, self.cores = program, cores
        parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(dir=parent))
        self.port = free_port()
        self.log = self.folder / "server.log"

    def __enter__(self) -> Server:
        self.program.prepare(self.folder)
        command = [*self.cores.for_server(), *self.program.command(self.port)]
        began = time.perf_counter()
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.program.cwd,
                env={**os.environ, **self.program.environment(self.folder, self.port)},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.cores.favour(self.process.pid)
        self._await_ready(began)
        self.ready_seconds = time.perf_counter() - began
        self.cold_rss = self.rss_mb()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def stop(self) -> None:
        family = self._family()
        for one in family:
            with suppress(psutil.Error):
                one.terminate()
        _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
        for one in alive:
            with suppress(psutil.Error):
                one.kill()
        self.process.wait()

    def rss_mb(self) -> float:
        return round(sum(one.memory_info().rss for one in self._family()) / 2**20, 1)

    def cpu_seconds(self) -> float:
        spent = [one.cpu_times() for one in self._family()]
        return sum(one.user + one.system for one in spent)

    def failures(self) -> dict[str, Any]:
        """The last lines of the log, if an exception is in it."""
        said = self.log.read_text(errors="replace")
        return {"log": said[-3_000:]} if "Traceback" in said else {}

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str], bytes]:
        """Status, headers (small names) and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def _await_ready(self, began: float) -> None:
        while not self._is_ready():
            if time.perf_counter() - began > START_SECONDS or self.process.poll() is not None:
                words = self.log.read_text(errors="replace")[-2_000:]
                self.__exit__(None, None, None)
                raise StartFailed(f"{self.program.name} did not start:\n{words}")
            time.sleep(0.005)

    def _is_ready(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get(self.program.ready)[0] == 200
        return False

    def _family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            head = psutil.Process(self.process.pid)
            return [one for one in (head, *head.children(recursive=True)) if one.status() != psutil.STATUS_ZOMBIE]
        return []


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_once(program: Any, folder: Path, *arguments: str) -> None:
    """A command of the program in its environment, for instance its migrations."""
    command = [*program.command_of(*arguments)]
    environment = {**os.environ, **program.environment(folder, 0)}
    done = subprocess.run(command, cwd=program.cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartFailed(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")
