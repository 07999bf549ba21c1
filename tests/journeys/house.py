"""The whole product in processes of its own: web server, worker and demo CRM, on free ports and SQLite."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.programs import Program, done, started

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "capture" / "demo" / "site"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
USUAL_CRM = "127.0.0.1:9000"
SECONDS = 10.0  # long enough on a machine that is busy with other tests
READY_SECONDS = 20

Message = dict[str, Any]


class Crm:
    """What the demo CRM printed: one record for each message that reached it."""

    def __init__(self, lines: IO[str]) -> None:
        self._records: list[Message] = []
        self._news = threading.Condition()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()

    def _read(self, lines: IO[str]) -> None:
        for line in lines:
            with self._news:
                self._records.append(json.loads(line))
                self._news.notify_all()

    def records(self, email: str) -> list[Message]:
        """Everything about the person with this address, as it came, replays included."""
        with self._news:
            return [one for one in self._records if _email_of(one) == email]

    def types(self, email: str) -> list[str]:
        return [one["message"]["type"] for one in self.records(email)]

    def awaited(self, email: str, type: str, *, seconds: float = SECONDS, count: int = 1) -> Message:
        """The last of `count` messages of this type about this person; fails when it does not come in time."""

        def found() -> list[Message]:
            return [one for one in self._records if _email_of(one) == email and one["message"]["type"] == type]

        with self._news:
            came = self._news.wait_for(lambda: len(found()) >= count, seconds)
            assert came, f"no {type} about {email} within {seconds} s; there is {[_line(one) for one in self._records]}"
            record = found()[count - 1]
        assert record["verified"], record
        return record


def _email_of(record: Message) -> str | None:
    """Whom a message is about: the address that was typed into the form, else the lead's."""
    data = record.get("message", {}).get("data", {})
    typed = ((data.get("submission") or {}).get("fields") or {}).get("email")
    return typed or (data.get("lead") or {}).get("email")


def _line(record: Message) -> str:
    return f"{record.get('message', {}).get('type')} {_email_of(record)}"


@dataclass(frozen=True)
class House:
    """`public` is what visitors open, `console` what colleagues open."""

    folder: Path
    port: int
    environment: dict[str, str]
    crm: Crm

    @property
    def crm_address(self) -> str:
        """Where the demo CRM listens; the operator has allowed it."""
        return f"http://{self.environment['EGRESS_ALLOW'].split(',')[0]}/hook"

    @property
    def public(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def console(self) -> str:
        return f"http://127.0.0.1:{self.port}/console"

    def at(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    def operator(self, *arguments: str) -> str:
        """Run `capture …` as the operator would; returns what it printed."""
        return done(arguments, self.environment, self.folder / "command.log").strip()

    def sign_in_link(self, email: str, role: str = "admin", name: str = "Linh Nguyễn") -> str:
        return self.operator("user", "add", email, "--role", role, "--name", name)


def command() -> str:
    return str(Path(sys.executable).with_name("capture"))


@contextmanager
def open_house(
    folder: Path, *, with_people: bool = False, more_sites: Sequence[Path] = (), with_demo: bool = True
) -> Iterator[House]:
    """A migrated product with the demo site, serving; `with_people` brings the demo's leads too."""
    port, crm_port = _quiet_port(), _quiet_port()
    environment = _environment(folder, port, crm_port)
    sites = [*([_demo_site(folder, crm_port)] if with_demo else []), *more_sites]
    receiver = _receiver(folder, environment, crm_port)
    house = House(folder, port, environment, Crm(_lines(receiver)))
    running: list[Program] = []
    try:
        house.operator("migrate")
        if with_people:
            house.operator("demo", "load")
        if sites:
            house.operator("apply", *map(str, sites))
        running += [started([name], environment, folder / f"{name}.log") for name in ("serve", "worker")]
        _await(lambda: _is_ready(f"http://127.0.0.1:{crm_port}/"), running, folder)
        _await(lambda: _is_ready(f"http://127.0.0.1:{port}/readyz"), running, folder)
        yield house
    finally:
        for program in reversed(running):
            program.terminate()
        for program in running:
            program.end()
        _stop(receiver)


def _quiet_port() -> int:
    """A free port below those that outgoing connections take while other tests are busy."""
    for _ in range(100):
        port = 15_000 + secrets.randbelow(15_000)
        with suppress(OSError), socket.socket() as listener:
            listener.bind(("127.0.0.1", port))
            return port
    raise OSError("no free port")


def _environment(folder: Path, port: int, crm_port: int) -> dict[str, str]:
    unset = dict.fromkeys(("REDIS_URL", "SMTP_URL", "PUBLIC_URL", "TRUSTED_PROXIES", "SECRET_KEY"), "")
    own = {
        "INSTANCE": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "DATABASE_URL": f"sqlite:///{folder}/capture.sqlite",
        "HOOK_CRM_SECRET": SECRET,
        "EGRESS_ALLOW": f"127.0.0.1:{crm_port},{USUAL_CRM}",
    }
    return {**os.environ, **unset, **own}


def _demo_site(folder: Path, crm_port: int) -> Path:
    """The demo site's file with its CRM at our port."""
    shutil.copytree(DEMO, folder / "site", dirs_exist_ok=True)
    file = folder / "site" / "nha-rang.yaml"
    file.write_text(file.read_text().replace(USUAL_CRM, f"127.0.0.1:{crm_port}"))
    return file


def _receiver(folder: Path, environment: dict[str, str], port: int) -> subprocess.Popen[str]:
    arguments = [command(), "receiver", "--port", str(port), "--json"]
    with (folder / "receiver.log").open("w") as log:
        return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)


def _lines(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout


def _is_ready(address: str) -> bool:
    with suppress(OSError), urllib.request.urlopen(address, timeout=2):
        return True
    return False


def _await(fact: Callable[[], bool], running: Sequence[Program], folder: Path) -> None:
    """Until it is so; fails as soon as a process has ended, with what the logs say."""
    pause = threading.Event()
    for _ in range(READY_SECONDS * 50):
        if fact():
            return
        if not all(program.is_running for program in running):
            break
        pause.wait(0.02)
    logs = "\n".join(f"{log.name}: {log.read_text()[-600:]}" for log in folder.glob("*.log"))
    raise TimeoutError(f"the product did not start:\n{logs}")


def _stop(receiver: subprocess.Popen[str]) -> None:
    receiver.terminate()
    receiver.wait(10)
    _lines(receiver).close()
