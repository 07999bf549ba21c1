"""The product's plan for the front: which requests are leads, how large they may be, and `capture serve`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from flask import Flask

from capture.api import answers
from capture.core.finished import Headers
from capture.core.logs import configure_logging
from capture.core.requests import largest_body_of
from capture.core.shelf import EXTENSION as SHELF
from capture.core.shelf import host_name
from capture.pages.experiments import expose
from capture.serving.plan import Bounds, LaneSize, Plan
from capture.serving.refusals import PLAIN_TEXT, SENTENCES
from capture.sites.queries import SiteNow, sites_by_host
from capture.submissions.api import shared_with
from capture.tracking.unscripted import requests_of, write_waiting

BEACON_BYTES = 65_536
PROBLEM = [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")]
# As many leads as may share one commit; beacons have threads of their own, and fewer.
# Visitors' pages and downloads do not wait for colleagues and their machines.
LANES = {
    "leads": LaneSize(16, 200),
    "beacons": LaneSize(8, 64),
    "visitors": LaneSize(3, 64),
    "colleagues": LaneSize(2, 32),
}
BUSY = b"We are very busy right now. Nothing is lost: please send it again in a few seconds.\n"


def start() -> None:
    """Serve in the foreground until SIGTERM."""
    from capture import settings
    from capture.serving.server import run

    found = settings.load()
    configure_logging()
    run("capture.serving.start:make_plan", host=found.host, port=found.port, processes=found.web_processes)


def make_plan() -> Plan:
    """One web process."""
    from capture import create_app

    configure_logging()
    app = create_app()
    _warn(app.config["SETTINGS"])
    return plan_of(app)


def plan_of(app: Flask) -> Plan:
    """The application, its shelf, its lanes."""
    trusted, refusals = app.config["SETTINGS"].trusted_proxies, Refusals()
    return Plan(
        application=app.wsgi_app,
        shelf=app.extensions[SHELF].answer,
        limits=largest_body,
        lane=lane_of,
        refusal=refusals,
        speaks_for_many=_proxies(trusted) if trusted else None,
        viewed=requests_of(app).note,
        tick=lambda: _keep_up(app, refusals),
        bounds=Bounds(lanes=LANES),
    )


def lane_of(method: str, path: str) -> str:
    """Beacons never take a lead's thread, and nobody takes a visitor's."""
    if method == "POST" and (path.startswith("/f/") or path.endswith("/submissions")):
        return "leads"
    if path in {"/t", "/api/v1/touchpoints"}:
        return "beacons"
    return "colleagues" if path.startswith(("/console", "/api/")) else "visitors"


def largest_body(method: str, path: str) -> int:
    """Bytes that are read at most; nothing is parsed before this."""
    return BEACON_BYTES if path == "/t" else largest_body_of(method, path)


class Refusals:
    """What the front says before Flask is asked; a script that may post here may read it, from whichever origin."""

    def __init__(self) -> None:
        self._sites: Mapping[str, SiteNow] = {}

    def keep_up(self) -> None:
        """Know the sites without asking anybody: a refusal is worded in the event loop."""
        self._sites = sites_by_host()

    def __call__(self, status: int, scope: Mapping[str, Any]) -> tuple[Headers, bytes]:
        if scope["path"].startswith(answers.PREFIX):
            return [*PROBLEM, *self._shared(scope)], answers.problem_bytes(status)
        return [*PLAIN_TEXT, *self._shared(scope)], BUSY if status == 503 else SENTENCES[status]

    def _shared(self, scope: Mapping[str, Any]) -> Headers:
        if not scope["path"].endswith("/submissions"):
            return []
        named = {name: value.decode("latin-1") for name, value in scope["headers"]}
        site = self._sites.get(host_name(named.get(b"host", "")))
        headers = shared_with(site, named.get(b"origin")) if site else {}
        return [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]


def _keep_up(app: Flask, refusals: Refusals) -> None:
    with app.app_context():
        app.extensions[SHELF].keep_up()
        refusals.keep_up()
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
