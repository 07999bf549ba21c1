"""Install what the tests need and this machine lacks. What cannot be had is reported by the tests that miss it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = {"chromium": "chromium", "redis-server": "redis-server", "wrk": "wrk"}
USUAL = ("chromium", "redis-server")


def main(wanted: list[str]) -> None:
    missing = [PACKAGES[name] for name in wanted or USUAL if shutil.which(name) is None]
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


if __name__ == "__main__":
    main(sys.argv[1:])
