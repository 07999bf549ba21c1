"""`capture run` leaves nothing behind, whichever way it ends, and says what ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import click
import pytest

from capture.demo.processes import how_it_ended, refuse_taken

# A command that takes its time to end, as a worker with a slow receiver does.
SLOW = """#!/bin/sh
trap 'sleep 0.4; exit 0' TERM
echo $$ > "$(dirname "$0")/$1.pid"
echo "started $1"
while true; do sleep 0.05; done
"""
RUN = """
import sys
from capture.demo.processes import Processes, interrupt_on_endings
sys.executable = sys.argv[1] + "/python"
processes = Processes()
interrupt_on_endings()
try:
    processes.start("serve", "serve")
    processes.start("worker", "worker")
    processes.watch()
except KeyboardInterrupt:
    pass
finally:
    processes.stop()
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = tmp_path / "capture"
    command.write_text(SLOW)
    command.chmod(0o755)
    arguments = [sys.executable, "-c", RUN, str(tmp_path)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout is not None
        assert {run.stdout.readline(), run.stdout.readline()} == {"started serve\n", "started worker\n"}
        yield run
        for pid in pids(tmp_path):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def pids(folder: Path) -> list[int]:
    return [int(path.read_text()) for path in folder.glob("*.pid")]


def all_ended(run: subprocess.Popen[str]) -> bool:
    """The pipe closes when the last of those that hold it has ended."""
    return run.communicate(timeout=20) is not None


def test_a_second_ctrl_c_while_stopping_leaves_nothing_behind(running: subprocess.Popen[str]) -> None:
    running.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        running.wait(0.15)
    running.send_signal(signal.SIGINT)
    running.send_signal(signal.SIGTERM)
    assert all_ended(running) and running.returncode == 0


@pytest.mark.parametrize("ending", [signal.SIGHUP, signal.SIGKILL], ids=["terminal closed", "killed"])
def test_nobody_outlives_the_run(running: subprocess.Popen[str], ending: signal.Signals) -> None:
    if ending == signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux tells a child that its parent was killed")
    running.send_signal(ending)
    assert all_ended(running)


def test_who_was_killed_is_named_with_the_signal(running: subprocess.Popen[str], tmp_path: Path) -> None:
    os.kill(int((tmp_path / "worker.pid").read_text()), signal.SIGKILL)
    _said, error = running.communicate(timeout=20)
    assert "`capture worker` was ended from outside by SIGKILL" in error
    assert how_it_ended(1) == "ended with 1; its last lines say why"


def test_a_taken_port_is_named_with_its_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(click.ClickException, match=rf"127\.0\.0\.1:{port} .*in use.*PORT=8080"):
            refuse_taken("127.0.0.1", port, "Take another port: PORT=8080")
