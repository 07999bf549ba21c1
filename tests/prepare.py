"""Install what the tests need and this machine lacks. What cannot be had is reported by the tests that miss it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

# Package → the program, or the file, that shows that it is there.
SIGNS = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    # A phone has Roboto or Arial; without any of their like the fallback of our fonts cannot be measured.
    "fonts-liberation": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "wrk": "wrk",
    "nodejs": "node",
    "npm": "npm",
}
USUAL = ("chromium", "redis-server", "fonts-liberation")
LIGHTHOUSE = "12.8.2"  # its figures are compared from one day to the next; 13 wants a newer Node than Debian has
OLDEST_NODE = (18, 20)
LIGHTHOUSE_FOLDER = Path(sys.prefix) / "lighthouse"
LIGHTHOUSE_MODULE = LIGHTHOUSE_FOLDER / "node_modules" / "lighthouse"


def main(wanted: list[str]) -> None:
    packages = [name for name in wanted or USUAL if name != "lighthouse"]
    _install(packages)
    if "lighthouse" in wanted:
        _install_lighthouse()


def lighthouse_version() -> str:
    """The version that is installed beside the tests' packages; empty when there is none."""
    with suppress(OSError, ValueError, KeyError):
        return str(json.loads((LIGHTHOUSE_MODULE / "package.json").read_text())["version"])
    return ""


def _install_lighthouse() -> None:
    if lighthouse_version() == LIGHTHOUSE and _is_node_new_enough():
        return
    if not _is_node_new_enough() or shutil.which("npm") is None:
        _install(["nodejs", "npm"])
    if not _is_node_new_enough() or shutil.which("npm") is None:
        least = ".".join(map(str, OLDEST_NODE))
        print(f"missing: Node {least} or newer with npm, for Lighthouse (https://nodejs.org)")
        return
    print(f"installing lighthouse {LIGHTHOUSE} …", flush=True)
    quiet = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(LIGHTHOUSE_FOLDER)]
    done = subprocess.run([*quiet, f"lighthouse@{LIGHTHOUSE}"], check=False, capture_output=True, text=True)
    if lighthouse_version() != LIGHTHOUSE:
        print(f"missing: lighthouse {LIGHTHOUSE}; npm said: {(done.stderr or done.stdout).strip() or 'nothing'}")


def _is_node_new_enough() -> bool:
    """False when there is no Node at all."""
    with suppress(OSError, ValueError):
        told = subprocess.run(["node", "--version"], check=False, capture_output=True, text=True).stdout
        major, minor = told.strip().removeprefix("v").split(".")[:2]
        return (int(major), int(minor)) >= OLDEST_NODE
    return False


def _install(packages: list[str]) -> None:
    missing = [name for name in packages if not _is_here(SIGNS[name])]
    if not missing:
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"missing: {', '.join(missing)} (sudo apt install {' '.join(missing)})")
        return
    print(f"installing {', '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment)
    quiet = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
    subprocess.run(quiet, check=False, env=environment, stdout=subprocess.DEVNULL)


def _is_here(sign: str) -> bool:
    return Path(sign).is_file() if sign.startswith("/") else shutil.which(sign) is not None


if __name__ == "__main__":
    main(sys.argv[1:])
