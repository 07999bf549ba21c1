"""How processes log."""

from __future__ import annotations

import logging
import sys
import warnings


def configure_logging() -> None:
    """One line an event, to stderr; no request bodies, no addresses of people."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    warnings.filterwarnings("ignore", message="Using the in-memory storage", category=UserWarning)
