"""The machine that is measured on: what it is, who runs on which core, and what else it was doing meanwhile."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import psutil

SERVER_CORE, CLIENT_CORE = 0, 1
IN_MEMORY = {"tmpfs", "ramfs"}


class Cores:
    """Prefixes for commands: server on one core, load on another, if the machine has two and `taskset`."""

    def __init__(self, *, pin: bool, nice: int = 0) -> None:
        self.pinned = pin and (os.cpu_count() or 1) > 1 and shutil.which("taskset") is not None
        self.nice = nice
        self.text = "server on core 0, load on core 1" if self.pinned else "not pinned to cores"

    def for_server(self) -> list[str]:
        return self._prefix(SERVER_CORE)

    def for_load(self) -> list[str]:
        return self._prefix(CLIENT_CORE)

    def take_mine(self) -> None:
        """This process is load, too."""
        if self.pinned:
            os.sched_setaffinity(0, {CLIENT_CORE})

    def favour(self, process: int) -> None:
        """Linux schedules sessions as groups, and `nice` weighs only inside one."""
        if self.nice:
            group = Path(f"/proc/{process}/autogroup")
            if group.exists():
                group.write_text(str(self.nice))

    def _prefix(self, core: int) -> list[str]:
        weight = ["nice", "-n", str(self.nice)] if self.nice else []
        return [*weight, "taskset", "-c", str(core)] if self.pinned else weight


class Others:
    """CPU seconds that neither the measured server nor its load used."""

    def __init__(self) -> None:
        self.busy, self.children = _busy(), _children()

    def since(self, server_seconds: float) -> float:
        return max(0.0, _busy() - self.busy - (_children() - self.children) - server_seconds)


def description(folder: Path) -> dict[str, Any]:
    """For the kept figures."""
    return {
        "machine": platform.node(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "disk": file_system(folder),
    }


def file_system(folder: Path) -> str:
    """The kind of file system that holds this folder."""
    holding = [one for one in psutil.disk_partitions(all=True) if folder.resolve().is_relative_to(one.mountpoint)]
    return max(holding, key=lambda one: len(one.mountpoint)).fstype if holding else "unknown"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _busy() -> float:
    spent = psutil.cpu_times()
    return float(sum(spent) - spent.idle - getattr(spent, "iowait", 0) - getattr(spent, "guest", 0))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
