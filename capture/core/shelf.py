"""The shelf: finished answers by host and path, in every encoding, until a revision moves."""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from flask import Flask, Response, current_app, request

from capture.core.assets import encodings
from capture.core.finished import Finished, finished

ENCODINGS = ("br", "gzip", "")
EXTENSION = "capture.shelf"
MOST_HEADERS_REMEMBERED = 1_000
MOST_ITEMS = 5_000
MOST_PICTURE_BYTES = 64_000_000
HOST = re.compile(r"(?:(?P<name>[a-z0-9._-]{1,255})|\[(?P<literal>[0-9a-f:.]{2,45})\])(?::\d{0,5})?")


@dataclass(frozen=True)
class Item:
    """One address: its answer in each encoding, and the 304 for those who have it."""

    answers: dict[str, Finished]
    unchanged: dict[str, Finished]
    tags: dict[str, str]
    # Bytes that count against the shelf's share for pictures; 0 for pages, which are small.
    weight: int = 0

    def answer(self, accept_encoding: str, if_none_match: str) -> Finished:
        encoding = chosen_encoding(accept_encoding)
        if encoding not in self.answers:
            encoding = ""
        if if_none_match and _matches(if_none_match, self.tags[encoding]):
            return self.unchanged[encoding]
        return self.answers[encoding]


class Shelf:
    """Answers without a database or a framework; what is not on it is made by the application and put here."""

    def __init__(self, revision: Callable[[], tuple[int, int]], knows: Callable[[str], bool]) -> None:
        self._items: dict[tuple[str, str], Item] = {}
        self._revision, self._knows = revision, knows
        self._kept_at = (-1, 0)
        self._heavy: deque[tuple[str, str]] = deque()
        self._weight = 0

    def answer(self, host: str, path: str, query: str, accept_encoding: str, if_none_match: str) -> Finished | None:
        """The finished answer, or None. `query` changes nothing: campaigns are read by the browser and the form."""
        item = self._items.get((host_name(host), path))
        return item.answer(accept_encoding, if_none_match) if item is not None else None

    def put(self, host: str, path: str, item: Item) -> None:
        """Keep it, for hosts that are ours: strangers must not fill the shelf with names of their own."""
        self.keep_up()
        if len(self._items) < MOST_ITEMS and self._knows(host):
            key = host_name(host), path
            self._make_room(key, item.weight)
            self._items[key] = item

    def keep_up(self) -> None:
        """Forget everything that an older revision made."""
        number = self._revision()
        if number != self._kept_at:
            self._items, self._kept_at = {}, number
            self._heavy, self._weight = deque(), 0

    def _make_room(self, key: tuple[str, str], weight: int) -> None:
        """The oldest pictures go where a new one would be too much."""
        if weight == 0 or key in self._items:
            return
        self._heavy.append(key)
        self._weight += weight
        while self._weight > MOST_PICTURE_BYTES and len(self._heavy) > 1:
            gone = self._items.pop(self._heavy.popleft(), None)
            self._weight -= gone.weight if gone else 0


def attach(app: Flask, revision: Callable[[], tuple[int, int]], knows: Callable[[str], bool]) -> Shelf:
    shelf = app.extensions[EXTENSION] = Shelf(revision, knows)
    return shelf


def shelved(item: Item, *, keep: bool = True) -> Response:
    """Answer this request with the item, and the next ones from the shelf."""
    if keep:
        current_app.extensions[EXTENSION].put(request.host, request.path, item)
    accept, tags = request.headers.get("Accept-Encoding", ""), request.headers.get("If-None-Match", "")
    return as_response(item.answer(accept, tags))


def as_response(done: Finished) -> Response:
    answer = Response(done.body, done.status)
    answer.headers.clear()
    answer.headers.extend([(name.decode(), value.decode("latin-1")) for name, value in done.headers])
    return answer


def item_of(status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Item:
    """Make the answers of one address. The ETag differs for each encoding, as their bytes do."""
    digest = hashlib.sha256(body).hexdigest()[:20]
    given, bodies = [*headers, ("Vary", "Accept-Encoding")], encodings(body)
    tags = {encoding: f'"{digest}{"-" + encoding if encoding else ""}"' for encoding in bodies}
    return Item(
        answers={one: finished(status, _with(given, one, tags[one]), bodies[one]) for one in bodies},
        unchanged={one: finished(304, [*given, ("ETag", tags[one])]) for one in bodies},
        tags=tags,
    )


def picture_item(headers: Iterable[tuple[str, str]], body: bytes) -> Item:
    """A picture under an address that changes with it: compressed already, and heavy."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    given = [*headers, ("ETag", tag)]
    whole, unchanged = finished(200, given, body), finished(304, given)
    return Item({"": whole}, {"": unchanged}, {"": tag}, weight=len(body))


@lru_cache(maxsize=MOST_HEADERS_REMEMBERED)
def chosen_encoding(accept: str) -> str:
    """The best encoding that the header allows; `q=0` forbids one (RFC 9110, 12.5.3)."""
    allowed = {}
    for part in accept.lower().split(","):
        name, _, parameters = part.strip().partition(";")
        quality = parameters.strip().removeprefix("q=").strip()
        allowed[name.strip()] = not (parameters.strip().startswith("q=") and quality.rstrip("0") in {"", "0."})
    wildcard = allowed.get("*", False)
    return next((one for one in ENCODINGS if one and allowed.get(one, wildcard)), "")


@lru_cache(maxsize=MOST_HEADERS_REMEMBERED)
def host_name(host: str) -> str:
    """`Example.COM.:8000` → `example.com`; `[::1]:80` → `::1`; what is no host with a port is nobody's: ``."""
    found = HOST.fullmatch(host.strip().lower())
    return (found["name"] or found["literal"]).rstrip(".") if found else ""


def _matches(if_none_match: str, tag: str) -> bool:
    if if_none_match == tag or if_none_match.strip() == "*":
        return True
    return any(one.strip().removeprefix("W/") == tag for one in if_none_match.split(","))


def _with(headers: list[tuple[str, str]], encoding: str, tag: str) -> list[tuple[str, str]]:
    extra = [("Content-Encoding", encoding)] if encoding else []
    return [*headers, *extra, ("ETag", tag)]
