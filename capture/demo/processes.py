"""The processes of `capture run`: started as commands of their own, watched, and never left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

import click

READY_SECONDS, STOP_SECONDS = 30, 30
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1


@dataclass
class Processes:
    """Commands by name, in the order of their start."""

    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, command: str, *arguments: str) -> None:
        entry = Path(sys.executable).with_name("capture")
        # A session of their own: Ctrl-C reaches us alone, and we stop them in order.
        self.running[command] = subprocess.Popen(  # noqa: S603
            [entry, command, *arguments],
            start_new_session=True,
            preexec_fn=partial(_end_with, os.getpid(), _parent_signal()),
        )

    def await_ready(self, url: str) -> None:
        end = time.monotonic() + READY_SECONDS
        while time.monotonic() < end:
            self.fail_if_ended()
            with suppress(urllib.error.URLError, OSError), urllib.request.urlopen(url, timeout=2):  # noqa: S310
                return
            time.sleep(0.05)
        raise click.ClickException(f"{url} did not answer within {READY_SECONDS} seconds")

    def watch(self) -> None:
        while True:
            self.fail_if_ended()
            time.sleep(0.5)

    def fail_if_ended(self) -> None:
        for name, process in self.running.items():
            if (code := process.poll()) is not None:
                raise click.ClickException(f"`capture {name}` {how_it_ended(code)}")

    def stop(self) -> None:
        """The web server first, so that nothing new comes in; the worker and the CRM finish what is under way."""
        _ignore_endings()
        for process in sorted(self.running.items(), key=lambda one: one[0] != "serve"):
            _stop(process[1])


def how_it_ended(code: int) -> str:
    """A killed process left no last words: then the signal is all there is to say."""
    if code < 0:
        return f"was ended from outside by {signal.Signals(-code).name}"
    return f"ended with {code}; its last lines say why"


def refuse_taken(host: str, port: int, remedy: str) -> None:
    """Say it before anything starts when somebody else listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.ClickException(f"cannot listen on {host}:{port} ({error.strerror}). {remedy}") from error


def interrupt_on_endings() -> None:
    """Ctrl-C, a stop and a closed terminal end everything in order; while that goes on, more of them change nothing."""
    for number in ENDINGS:
        signal.signal(number, _interrupted)


def _interrupted(_signal: int, _frame: FrameType | None) -> None:
    _ignore_endings()
    raise KeyboardInterrupt


def _ignore_endings() -> None:
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
    if process.poll() is None:
        process.kill()


def _parent_signal() -> Callable[..., int] | None:
    """Linux can tell a child that its parent died, however it died. Looked up before the fork, where it is safe."""
    return ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with(parent: int, prctl: Callable[..., int] | None) -> None:
    """Runs in the child, between fork and exec."""
    for number in ENDINGS:
        signal.signal(number, signal.SIG_DFL)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)
