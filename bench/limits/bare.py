"""The limit of a page: a WSGI callable without a framework that sends one file's bytes to everybody."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

BODY = Path(os.environ["BENCH_BODY"]).read_bytes()
HEADERS = [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(BODY)))]
if os.environ.get("BENCH_ENCODING"):
    HEADERS.append(("Content-Encoding", os.environ["BENCH_ENCODING"]))


def app(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", HEADERS)
    return [BODY]
