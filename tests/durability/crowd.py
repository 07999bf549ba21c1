"""Visitors who are real HTTP clients, retry like people and browsers do, and write a journal of what they were told."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode

from tests.durability.house import until

T = TypeVar("T")
R = TypeVar("R")
PATIENCE_SECONDS = 90
PAUSE_SECONDS = 0.1
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}


class NoAnswer(Exception):
    """The connection ended before an answer came."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_acknowledged(self) -> bool:
        return self.status in {201, 303}

    @property
    def submission(self) -> str:
        """The id in the thank-you address, or in the JSON."""
        if self.status == 201:
            return str(json.loads(self.body)["submission"])
        return self.headers["location"].rsplit("/", 1)[1].split(".", 1)[0]


class Line:
    """One connection to the server, kept open from answer to answer."""

    def __init__(self, port: int, *, source: str = "127.0.0.1", seconds: float = 30) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds, source_address=(source, 0))

    def __enter__(self) -> Line:
        self.reach()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def reach(self) -> None:
        try:
            self._http.connect()
        except OSError as error:
            raise NoAnswer from error

    def send(self, post: Post) -> None:
        try:
            self._http.request("POST", post.path, post.body, post.headers)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error

    def answer(self) -> Answer:
        try:
            got = self._http.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer from error

    def get(self, path: str) -> Answer:
        self._http.request("GET", path)
        return self.answer()


@dataclass(frozen=True)
class Post:
    """One posting, as bytes; sent again it is the same."""

    path: str
    body: bytes
    headers: dict[str, str]


def form_post(form: str, fields: dict[str, str], *, key: str | None = None, page: str | None = None) -> Post:
    own = {name: value for name, value in {"_key": key, "_page": page}.items() if value}
    return Post(f"/f/{form}", urlencode({**fields, **own}).encode(), FORM)


def json_post(form: str, fields: dict[str, str], *, key: str | None = None, page: str | None = None) -> Post:
    body: dict[str, Any] = {"fields": fields, **({"page": page} if page else {})}
    headers = {**JSON, **({"Idempotency-Key": key} if key else {})}
    return Post(f"/api/v1/forms/{form}/submissions", json.dumps(body).encode(), headers)


def sent(port: int, post: Post, *, source: str = "127.0.0.1") -> Answer:
    """Send once; raises NoAnswer."""
    with Line(port, source=source) as line:
        line.send(post)
        return line.answer()


def together(port: int, posts: Sequence[Post]) -> list[Answer]:
    """All at the same moment, each on a connection of its own that is already open."""
    barrier = threading.Barrier(len(posts))

    def one(number: int) -> Answer:
        with Line(port, source=neighbour(number)) as line:
            barrier.wait(30)
            line.send(posts[number])
            return line.answer()

    return in_parallel(one, range(len(posts)), threads=len(posts))


def neighbour(number: int) -> str:
    """One of eight loopback addresses: a whole crowd behind a single one is told to wait."""
    return f"127.0.0.{2 + number % 8}"


def in_parallel(work: Callable[[T], R], things: Sequence[T], *, threads: int) -> list[R]:
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(work, things))


@dataclass
class Entry:
    """One line of the journal: what was sent under which key, and what came back."""

    key: str
    email: str
    post: Post
    began: list[float] = field(default_factory=list)
    unanswered: int = 0
    refused: list[Answer] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def is_settled(self) -> bool:
        """A 4xx is an answer too, and `complain` says so."""
        return self.answer is not None or any(one.status < 500 for one in self.refused)


@dataclass
class Crowd:
    """Visitors that post without pause. Who gets no answer, or 503, sends the same again until there is one."""

    port: int
    threads: int = 8
    name: str = field(default_factory=lambda: secrets.token_hex(4))
    journal: list[Entry] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)
    leaving: threading.Event = field(default_factory=threading.Event)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _pool: ThreadPoolExecutor | None = None
    _running: list[Any] = field(default_factory=list)

    def __enter__(self) -> Crowd:
        self.open.set()
        self._pool = ThreadPoolExecutor(self.threads)
        self._running = [self._pool.submit(self._visit, number) for number in range(self.threads)]
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        """Wait until everybody has an answer."""
        self.leaving.set()
        self.open.set()
        assert self._pool is not None
        self._pool.shutdown()
        if kind is None:
            for one in self._running:
                one.result()

    @property
    def acknowledged(self) -> list[Entry]:
        return [entry for entry in list(self.journal) if entry.answer is not None]

    @property
    def unanswered(self) -> int:
        return sum(entry.unanswered for entry in list(self.journal))

    @property
    def refused(self) -> list[Answer]:
        return [answer for entry in list(self.journal) for answer in entry.refused]

    def complain(self) -> None:
        """A refusal is 503 and says when to come back; anything else is a fault of the server."""
        wrong = [one for one in self.refused if one.status != 503 or not one.headers.get("retry-after")]
        assert not wrong, f"{len(wrong)} wrong answers, the first: {wrong[0].status} {wrong[0].body[:300]!r}"

    def await_answers(self, more: int, seconds: float = 30) -> None:
        before = len(self.acknowledged)
        until(lambda: len(self.acknowledged) >= before + more, seconds, what=f"{more} more answers")

    def _visit(self, thread: int) -> None:
        while not self.leaving.is_set():
            entry = self._entry(thread)
            self.journal.append(entry)
            self._send(entry)

    def _entry(self, thread: int) -> Entry:
        """Mostly new people; some come again, some at the same time as another thread's; some want a coupon."""
        number = next(self._numbers)
        who = f"person-{number}@example.com" if random.random() < 0.7 else f"regular-{random.randrange(5)}@example.com"
        fields = {"email": who, "name": f"An {number}"}
        key = f"{self.name}-{number}"
        make = form_post if number % 2 else json_post
        if number % 4 < 2:
            return Entry(key, who, make("sale", fields, key=key, page="few"))
        return Entry(key, who, make("guide", {**fields, "phone": f"09{number:08d}"}, key=key))

    def _send(self, entry: Entry) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while not entry.is_settled:
            assert time.monotonic() < end, f"{entry.key} had no answer in {PATIENCE_SECONDS} s"
            self._try(entry)
            if not entry.is_settled:
                time.sleep(PAUSE_SECONDS)  # a person takes longer; without any, the retries would be the load
                self.open.wait(PATIENCE_SECONDS)

    def _try(self, entry: Entry) -> None:
        entry.began.append(time.time())
        try:
            answer = sent(self.port, entry.post)
        except NoAnswer:
            entry.unanswered += 1
            return
        if answer.is_acknowledged:
            entry.answer = answer
        else:
            entry.refused.append(answer)
