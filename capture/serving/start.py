"""The product's plan for the front: which requests are leads, how large they may be, and `capture serve`."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from capture.api import answers
from capture.core.finished import Headers
from capture.core.requests import largest_body_of
from capture.core.shelf import EXTENSION as SHELF
from capture.pages.experiments import expose
from capture.serving.plan import Bounds, LaneSize, Plan
from capture.tracking.unscripted import requests_of, write_waiting

BEACON_BYTES = 65_536
# As many leads as may share one commit; beacons have threads of their own, and fewer.
LANES = {"leads": LaneSize(16, 200), "beacons": LaneSize(3, 64), "rest": LaneSize(2, 32)}
BUSY = b"We are very busy right now. Nothing is lost: please send it again in a few seconds.\n"


def start() -> None:
    """Serve in the foreground until SIGTERM."""
    from capture import settings
    from capture.serving.server import run

    found = settings.load()
    configure_logging()
    run("capture.serving.start:make_plan", host=found.host, port=found.port, processes=found.web_processes)


def make_plan() -> Plan:
    """One web process: its application, its shelf, its lanes."""
    from capture import create_app

    configure_logging()
    app = create_app()
    _warn(app.config["SETTINGS"])
    trusted = app.config["SETTINGS"].trusted_proxies
    return Plan(
        application=app.wsgi_app,
        shelf=app.extensions[SHELF].answer,
        limits=largest_body,
        lane=lane_of,
        refusal=refusal,
        speaks_for_many=_proxies(trusted) if trusted else None,
        viewed=requests_of(app).note,
        tick=lambda: _keep_up(app),
        bounds=Bounds(lanes=LANES),
    )


def lane_of(method: str, path: str) -> str:
    """Beacons never take a lead's thread, and the console takes neither's."""
    if method == "POST" and (path.startswith("/f/") or path.endswith("/submissions")):
        return "leads"
    return "beacons" if path in {"/t", "/api/v1/touchpoints"} else "rest"


def largest_body(method: str, path: str) -> int:
    """Bytes that are read at most; nothing is parsed before this."""
    return BEACON_BYTES if path == "/t" else largest_body_of(method, path)


def refusal(status: int, scope: Mapping[str, Any]) -> tuple[Headers, bytes] | None:
    """What the front says before Flask is asked."""
    if scope["path"].startswith(answers.PREFIX):
        return [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")], answers.problem_bytes(
            status
        )
    return ([(b"content-type", b"text/plain; charset=utf-8")], BUSY) if status == 503 else None


def configure_logging() -> None:
    """One line an event, to stderr; no request bodies, no addresses of people."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    warnings.filterwarnings("ignore", message="Using the in-memory storage", category=UserWarning)


def _keep_up(app: Any) -> None:
    with app.app_context():
        app.extensions[SHELF].keep_up()
        write_waiting()
        expose.write_waiting()


def _proxies(trusted: Any) -> Any:
    import ipaddress

    return lambda peer: any(ipaddress.ip_address(peer) in network for network in trusted)


def _warn(settings: Any) -> None:
    log = logging.getLogger("capture")
    if not settings.rate_limits:
        log.warning("RATE_LIMITS=off: for load tests only")
    if not settings.screening:
        log.warning("SCREENING=off: for load tests only")
    if settings.redis_url is None:
        log.info("no REDIS_URL: rate limits count per process")
