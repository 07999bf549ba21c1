"""Single visitors, each on a new connection: how long they wait, and what they are answered."""

from __future__ import annotations

import http.client
import itertools
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from people import FORM, browser, form_body
from targets import PAGE

PATIENCE_SECONDS = 20
numbers = itertools.count(4_000_000)


@dataclass
class Waits:
    """Milliseconds of each visit, and how many of each answer."""

    milliseconds: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)

    def at(self, percent: int) -> float:
        return round(statistics.quantiles(self.milliseconds, n=100)[percent - 1], 1)

    def row(self) -> dict[str, object]:
        waits = {"p50_ms": self.at(50), "p99_ms": self.at(99), "max_ms": round(max(self.milliseconds), 1)}
        return {"visits": len(self.milliseconds), **waits, "answers": dict(self.answers)}


@contextmanager
def visits(visit: Callable[[], str], pause_seconds: float, visitors: int = 1) -> Iterator[Waits]:
    """Visitors come one after the other, with a pause between, until the block ends."""
    waits, over = Waits(), threading.Event()
    threads = [threading.Thread(target=_come, args=(visit, pause_seconds, waits, over)) for _ in range(visitors)]
    for one in threads:
        one.start()
    try:
        yield waits
    finally:
        over.set()
        for one in threads:
            one.join()


def page_visit(port: int) -> Callable[[], str]:
    return lambda: _ask(port, "GET", f"/{PAGE}", None, {"Accept-Encoding": "br"})


def form_visit(port: int) -> Callable[[], str]:
    """A new person each time."""
    headers = {**browser(f"http://127.0.0.1:{port}", PAGE), **FORM}
    return lambda: _ask(port, "POST", f"/f/{PAGE}", form_body(next(numbers), PAGE), headers)


def _come(visit: Callable[[], str], pause_seconds: float, waits: Waits, over: threading.Event) -> None:
    while not over.wait(pause_seconds):
        began = time.perf_counter()
        answer = visit()
        waits.milliseconds.append((time.perf_counter() - began) * 1000)
        waits.answers[answer] += 1


def _ask(port: int, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return str(answer.status)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__
    finally:
        connection.close()
