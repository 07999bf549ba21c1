"""The worker: claim, send, record, until it is told to stop."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.exc import DBAPIError

from capture.core import http
from capture.core.clock import now
from capture.core.errors import Busy
from capture.core.transactions import again_if_raced, transaction
from capture.delivery.claims import Attempted, Claimed, claim_due, record, release
from capture.delivery.retries import Decision, next_attempt
from capture.delivery.secrets import signing_secrets
from capture.delivery.signatures import signed_headers
from capture.settings import Settings

# Waiting costs a thread little; several receivers that hang must leave places for those that answer.
THREADS = 32
PER_DESTINATION = 4
IDLE_SECONDS = 0.3
TROUBLE_SECONDS = 2.0
CHORE_SECONDS = 300.0
ERRAND_SECONDS = 1.0
ANSWER_LENGTH = 4_000

log = logging.getLogger("capture.worker")


@dataclass
class Worker:
    """Sends what is due. `stop()` lets what is under way finish and gives the rest back."""

    app: Flask
    chores: Sequence[Callable[[], None]] = ()
    errands: Sequence[Callable[[], None]] = ()
    stopping: threading.Event = field(default_factory=threading.Event)
    _chores_at: float = 0.0
    _errands_at: float = 0.0
    _place_free: threading.Event = field(default_factory=threading.Event)
    _busy: dict[str, int] = field(default_factory=dict)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def run(self) -> None:
        with ThreadPoolExecutor(THREADS, thread_name_prefix="send") as pool, self.app.app_context():
            while not self.stopping.is_set():
                self._do_chores()
                self._run_errands()
                self._place_free.wait(self._pause_after(pool))
                self._place_free.clear()
        log.info("stopped")

    def stop(self) -> None:
        self.stopping.set()
        self._place_free.set()

    def _do_chores(self) -> None:
        """The rooms' housekeeping, every few minutes; it must never stop the sending."""
        if time.monotonic() < self._chores_at:
            return
        self._chores_at = time.monotonic() + CHORE_SECONDS
        _try_each(self.chores)

    def _run_errands(self) -> None:
        """The rooms' short work of every second, for instance mails that are due."""
        if time.monotonic() >= self._errands_at:
            self._errands_at = time.monotonic() + ERRAND_SECONDS
            _try_each(self.errands)

    def _pause_after(self, pool: ThreadPoolExecutor) -> float:
        try:
            claimed = self._claim()
        except (Busy, DBAPIError) as error:
            log.warning("the database is away, trying again: %s", type(error).__name__)
            return TROUBLE_SECONDS
        for one in claimed:
            pool.submit(self._deliver, one)
        return 0.0 if claimed else IDLE_SECONDS

    @again_if_raced
    def _claim(self) -> list[Claimed]:
        with self._guard:
            busy = dict(self._busy)
        most = THREADS - sum(busy.values())
        if most <= 0:
            return []
        with transaction() as write:
            claimed = claim_due(write, busy, per_destination=PER_DESTINATION, most=most, at=now())
        with self._guard:
            for one in claimed:
                self._busy[one.destination_id] = self._busy.get(one.destination_id, 0) + 1
        return claimed

    def _deliver(self, claimed: Claimed) -> None:
        try:
            with self.app.app_context():
                if self.stopping.is_set():
                    with transaction() as write:
                        release(write, [claimed])
                else:
                    self._send_and_record(claimed)
        except Exception:  # the claim lapses and the message is sent again: at least once
            log.exception("a delivery could not be recorded", extra={"delivery": claimed.id})
        finally:
            with self._guard:
                self._busy[claimed.destination_id] -= 1
            self._place_free.set()  # the next one need not wait for the next look

    def _send_and_record(self, claimed: Claimed) -> None:
        settings: Settings = self.app.config["SETTINGS"]
        attempted, retry_after = attempt(claimed, settings.egress_allow, settings.hooks)
        failure = None if attempted.status is not None else attempted.outcome
        decision = next_attempt(
            claimed.attempts + 1,
            attempted.status,
            failure=failure,
            retry_after=retry_after,
            now=now(),
            jitter=random.random(),  # noqa: S311 -- spreads retries, guards nothing
        )
        self._record(claimed, attempted, decision)

    @again_if_raced
    def _record(self, claimed: Claimed, attempted: Attempted, decision: Decision) -> None:
        with transaction() as write:
            kept = record(write, claimed, attempted, decision, at=now())
        host = urlsplit(claimed.url).hostname
        log.info("%s to %s: %s%s", claimed.message_id, host, attempted.outcome, "" if kept else " (claim had lapsed)")


def _try_each(works: Sequence[Callable[[], None]]) -> None:
    for work in works:
        try:
            work()
        except (Busy, DBAPIError) as error:
            log.warning("%s has to wait: %s", work.__name__, type(error).__name__)


def attempt(claimed: Claimed, allow: frozenset[str], hooks: Mapping[str, str]) -> tuple[Attempted, str | None]:
    """Send once. Returns what happened and the receiver's `Retry-After`."""
    began_at, began = now(), time.monotonic()
    body = claimed.body.encode()
    try:
        secrets = signing_secrets(claimed.secret, claimed.old_secret, hooks)
        headers = signed_headers(claimed.message_id, began_at, body=body, secrets=secrets)
    except ValueError as error:
        return Attempted(began_at, 0, None, "bad_secret", str(error)), None
    answer = http.send("POST", claimed.url, headers=headers, body=body, allow=allow)
    spent = round((time.monotonic() - began) * 1000)
    if isinstance(answer, http.Failure):
        return Attempted(began_at, spent, None, answer.name, answer.detail[:ANSWER_LENGTH]), None
    outcome = "delivered" if 200 <= answer.status < 300 else "said_no"
    said = answer.body[:ANSWER_LENGTH].decode("utf-8", "replace").replace("\x00", "")
    return Attempted(began_at, spent, answer.status, outcome, said), answer.headers.get("retry-after")
