"""Visitors without script: which pages they asked for, as far as the requests reached us.

Nothing is put on a device. A request is noted under a digest of address and agent, salted for the day, only where
the site tracks without asking, and is forgotten after half an hour. A browser that sends a beacon has script: what was
noted under its digest is dropped, so that nobody is given the views of others behind the same address.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, request
from sqlalchemy import Connection, bindparam, delete, insert, select

from capture.core.clients import client_address
from capture.core.clock import now
from capture.core.ids import new_id
from capture.core.statements import Fixed
from capture.core.transactions import transaction
from capture.sites.queries import site_of_host
from capture.tracking.bots import ROBOTS, bot_of
from capture.tracking.models import PageRequest
from capture.tracking.visits import GAP

EXTENSION = "capture.page_requests"
# More than this is not noted: page views are shed before anybody waits for them.
MOST_WAITING, MOST_AT_ONCE = 2_000, 300
NOT_PAGES = ("/static/", "/t.js", "/robots.txt", "/sitemap.xml", "/favicon.ico")
NOTED = {b"user-agent", b"referer", b"x-forwarded-for", b"sec-purpose", b"purpose", b"sec-gpc"}
URL_LENGTH = 2_048


_RECENT = Fixed(
    select(PageRequest.url, PageRequest.page, PageRequest.referrer, PageRequest.at)
    .where(PageRequest.digest == bindparam("_digest"), PageRequest.at > bindparam("_since", type_=PageRequest.at.type))
    .order_by(PageRequest.id)
)
_FORGET = Fixed(delete(PageRequest).where(PageRequest.digest == bindparam("_digest")))


@dataclass(frozen=True)
class Asked:
    """One request for a page, as it came."""

    at: datetime
    host: str
    path: str
    query: str
    peer: str
    headers: dict[str, str]


class PageRequests:
    """Requests that wait to be written. Noting one must cost next to nothing: it happens in the event loop."""

    def __init__(self) -> None:
        self._waiting: deque[Asked] = deque(maxlen=MOST_WAITING)

    def note(self, host: str, path: str, query: str, headers: Iterable[tuple[bytes, bytes]], peer: str) -> None:
        if len(self._waiting) < MOST_WAITING and not path.startswith(NOT_PAGES):
            told = {name.decode(): value.decode("latin-1") for name, value in headers if name in NOTED}
            self._waiting.append(Asked(datetime.now(UTC), host, path, query, peer, told))

    def taken(self) -> list[Asked]:
        found: list[Asked] = []
        while self._waiting and len(found) < MOST_AT_ONCE:
            found.append(self._waiting.popleft())
        return found


def attach(app: Flask) -> None:
    app.extensions[EXTENSION] = PageRequests()


def requests_of(app: Flask) -> PageRequests:
    waiting: PageRequests = app.extensions[EXTENSION]
    return waiting


def note_this_request() -> None:
    """A page that the application itself answers, for instance the first time after a publication."""
    headers = [(name.lower().encode(), value.encode("latin-1", "replace")) for name, value in request.headers]
    query = request.query_string.decode("latin-1")
    requests_of(current_app).note(request.host, request.path, query, headers, request.remote_addr or "")


def write_waiting() -> None:
    """Write what was noted, in one transaction."""
    rows = [row for asked in requests_of(current_app).taken() if (row := _row(asked)) is not None]
    if rows:
        with transaction() as write:
            write.execute(insert(PageRequest), rows)


def views_of(write: Connection, digest: str, at: datetime) -> Sequence[Any]:
    """The views of the last half hour under a digest, oldest first, taken out: they belong to a lead now."""
    rows = _RECENT.rows(write, {"_digest": digest, "_since": at - GAP})
    if rows:
        forget(write, digest)
    return rows


def forget(write: Connection, digest: str) -> None:
    _FORGET.run(write, {"_digest": digest})


def forget_old() -> None:
    """A chore of the worker."""
    with transaction() as write:
        write.execute(delete(PageRequest).where(PageRequest.at < now() - GAP))


def digest_of(address: str | None, agent: str, at: datetime) -> str:
    """One client of one day. The salt is derived, so that all processes agree and no table of salts is kept."""
    salt = _salt_of(str(current_app.config["SETTINGS"].secret_key), at.date())
    return hashlib.blake2b(f"{address}\n{agent}".encode(), key=salt, digest_size=16).hexdigest()


@lru_cache(maxsize=8)
def _salt_of(key: str, day: date) -> bytes:
    return hmac.digest(key.encode(), f"page requests of {day}".encode(), "sha256")


def _row(asked: Asked) -> dict[str, Any] | None:
    """The row of a request that may be noted, or None."""
    told = asked.headers
    agent = told.get("user-agent", "")
    site = site_of_host(asked.host)
    purpose = f"{told.get('sec-purpose', '')} {told.get('purpose', '')}".strip()
    if site is None or site.tracking != "on" or told.get("sec-gpc") == "1" or bot_of(agent, purpose=purpose) in ROBOTS:
        return None
    trusted = current_app.config["SETTINGS"].trusted_proxies
    address = client_address(asked.peer, told.get("x-forwarded-for"), trusted)
    url = f"http://{asked.host}{asked.path}" + (f"?{asked.query}" if asked.query else "")
    page = asked.path.rstrip("/") or "/"
    seen = {"url": url[:URL_LENGTH], "page": page[:512], "referrer": told.get("referer"), "at": asked.at}
    return {"id": new_id(), "digest": digest_of(address, agent, asked.at), **seen}
