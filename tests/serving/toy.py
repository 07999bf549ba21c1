"""A toy product: two finished pages, an application that says what it got, and bounds from the environment."""

import atexit
import gzip
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs
from zlib import crc32

import brotli
from werkzeug.utils import send_file

from capture.core.finished import Finished, Headers, finished
from capture.serving.plan import Bounds, LaneSize, Plan

StartResponse = Callable[..., Any]
delivered: list[tuple[str, int]] = []
viewed: list[str] = []
ticks: list[float] = []
lock = threading.Lock()


def page_of(title: str) -> bytes:
    words = b" ".join(b"%08x" % crc32(b"%d" % number) for number in range(1365))
    return b"<!doctype html><title>" + title.encode() + b"</title>" + words


def encoded(text: bytes) -> dict[str, bytes]:
    return {"identity": text, "gzip": gzip.compress(text, mtime=0), "br": brotli.compress(text, quality=5)}


def answers(title: str) -> dict[str, tuple[Finished, Finished]]:
    made = {}
    for coding, body in encoded(page_of(title)).items():
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Vary", "Accept-Encoding")]
        headers.append(("ETag", f'"{crc32(body):08x}-{coding}"'))
        if coding != "identity":
            headers.append(("Content-Encoding", coding))
        made[coding] = (finished(200, headers, body), finished(304, headers))
    return made


def file_of(size: int) -> str:
    """A file whose every line names its place."""
    with tempfile.NamedTemporaryFile("wb", delete=False, suffix=".pdf") as file:
        file.write(b"".join(b"%07d\n" % place for place in range(0, size, 8)))
    atexit.register(os.unlink, file.name)
    return file.name


FILE = file_of(int(os.environ.get("TOY_FILE", "800")))
PAGES = {"/": answers("home"), "/guide": answers("guide")}


def shelf(host: str, path: str, query: str, accept_encoding: str, if_none_match: str) -> Finished | None:
    if path == "/broken-shelf":
        raise RuntimeError("on purpose")
    codings = PAGES.get(path)
    if codings is None or host.startswith("unknown"):
        return None
    wanted = "br" if "br" in accept_encoding else "gzip" if "gzip" in accept_encoding else "identity"
    whole, unchanged = codings[wanted]
    return unchanged if f"etag: {if_none_match}\r\n".encode() in whole.head else whole


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    query = {name: values[0] for name, values in parse_qs(environ["QUERY_STRING"]).items()}
    if environ["REQUEST_METHOD"] == "POST":
        with lock:
            delivered.append((environ["PATH_INFO"], len(body)))
    time.sleep(float(query.get("sleep", 0)))
    known: dict[str, Callable[[], Any]] = {
        "/environ": lambda: {key: value for key, value in environ.items() if isinstance(value, str)},
        "/delivered": lambda: delivered,
        "/viewed": lambda: viewed,
        "/ticks": lambda: len(ticks),
    }
    path = environ["PATH_INFO"]
    if path == "/long":
        return long_answer(start_response, int(query["bytes"]), fails="fails" in query)
    if path == "/file":
        return send_file(FILE, environ, mimetype="application/pdf")(environ, start_response)
    if path == "/broken":
        raise RuntimeError("on purpose")
    told = known.get(path, lambda: {"path": path, "query": environ["QUERY_STRING"], "bytes": len(body)})()
    start_response("200 OK", [("Content-Type", "application/json"), ("X-Lane", threading.current_thread().name)])
    return [json.dumps(told).encode()]


def long_answer(start_response: StartResponse, size: int, *, fails: bool) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    try:
        for _ in range(size // 10_000):
            yield b"x" * 10_000
        if fails:
            raise RuntimeError("on purpose")
    finally:
        with lock:
            delivered.append(("closed", size))


def lane(method: str, path: str) -> str:
    return "leads" if path.startswith("/lead") else "beacons" if path.startswith("/beacon") else "rest"


def limits(method: str, path: str) -> int:
    return 1_000_000 if path.startswith("/big") else 65_536


def note_view(host: str, path: str, query: str, headers: Headers, peer: str) -> None:
    viewed.append(f"{host}{path}?{query}")


def tick() -> None:
    ticks.append(time.monotonic())
    raise RuntimeError("a tick that fails costs nothing")


def plan() -> Plan:
    told = json.loads(os.environ.get("TOY_BOUNDS", "{}"))
    if "lanes" in told:
        told["lanes"] = {name: LaneSize(*size) for name, size in told["lanes"].items()}
    return Plan(
        application=application,
        shelf=shelf,
        limits=limits,
        lane=lane,
        viewed=note_view,
        tick=tick,
        shutdown=lambda: print("the toy stopped", file=sys.stderr, flush=True),
        bounds=Bounds(**told),
    )


def behind_proxy() -> Plan:
    return replace(plan(), speaks_for_many=lambda address: True)


def broken_plan() -> Plan:
    raise RuntimeError("on purpose")
