"""`capture` commands as processes of their own.

Each is forked from one process that has imported the product already. What a command does is the same as when it is
typed, and nobody waits for two seconds of imports again and again; the operators' door has tests of the real thing.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.loaded"])


@dataclass
class Program:
    """One command in a process group of its own; what it says goes to its log."""

    process: ForkServerProcess
    log: Path

    @property
    def pid(self) -> int:
        return int(self.process.pid or 0)

    @property
    def is_running(self) -> bool:
        return self.process.is_alive()

    def kill(self) -> None:
        """SIGKILL to the whole group: nobody in it learns that the end has come."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()

    def signal(self, number: int) -> None:
        os.killpg(self.pid, number)

    def terminate(self) -> None:
        """SIGTERM, as an operator's `systemctl stop` sends it."""
        self.process.terminate()

    def ended(self, seconds: float = 30) -> int:
        """Its exit code; raises TimeoutError when it goes on."""
        self.process.join(seconds)
        if self.process.exitcode is None:
            raise TimeoutError(f"still running after {seconds} s: {self.log}")
        return self.process.exitcode

    def end(self, seconds: float = 10) -> None:
        """Gone when this returns, however it was asked before."""
        self.process.join(seconds)
        self.kill()

    def stop(self) -> int:
        self.terminate()
        return self.ended()


def started(arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Program:
    """`capture …` with this environment, running."""
    process = _forks.Process(target=_run, args=(list(arguments), dict(environment), str(log)))
    process.start()
    return Program(process, log)


def done(arguments: Sequence[str], environment: Mapping[str, str], log: Path, *, seconds: float = 60) -> str:
    """What `capture …` said; fails when it failed."""
    log.unlink(missing_ok=True)
    code = started(arguments, environment, log).ended(seconds)
    said = log.read_text()
    assert code == 0, f"capture {' '.join(arguments)}: {said}"
    return said


def _run(arguments: list[str], environment: dict[str, str], log: str) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    said = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for descriptor in (1, 2):
        os.dup2(said, descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = os.fdopen(0, closefd=False)  # web processes of the server inherit it by its number
    from capture.cli import main

    main(arguments)
