"""Install what the tests need and this machine lacks. What cannot be had is reported by the tests that miss it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Package → the program, or the file, that shows that it is there.
SIGNS = {
    "chromium": "chromium",
    "redis-server": "redis-server",
    # A phone has Roboto or Arial; without any of their like the fallback of our fonts cannot be measured.
    "fonts-liberation": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "wrk": "wrk",
}
USUAL = ("chromium", "redis-server", "fonts-liberation")


def main(wanted: list[str]) -> None:
    missing = [name for name in wanted or USUAL if not _is_here(SIGNS[name])]
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
