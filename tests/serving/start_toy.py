"""Starts the toy with this room alone: the whole product around it would cost every test that starts a server."""

import json
import logging
import sys
import types
from pathlib import Path

alone = types.ModuleType("capture")
alone.__path__ = [str(Path(__file__).parents[2] / "capture")]
sys.modules["capture"] = alone

if __name__ == "__main__":
    from capture.serving.server import run

    logging.basicConfig(level=logging.INFO)
    options = json.loads(sys.argv[1]) if len(sys.argv) > 1 else {}
    run(options.pop("make", "toy:plan"), **{"port": 0, **options})
