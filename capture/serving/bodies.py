"""Reading request bodies in the event loop: under a deadline, and only so many slow ones at once."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from capture.core.finished import Headers
from capture.serving.plan import Plan
from capture.serving.refusals import ClientGone, Refused

Receive = Callable[[], Awaitable[Any]]


def announced_bytes(headers: Headers) -> int | None:
    """How long the body says it is: 0 without one, None if it comes in chunks."""
    named = dict(headers)
    if b"transfer-encoding" in named:
        return None
    length = named.get(b"content-length", b"0")
    if not length.isdigit():
        raise Refused(400)
    return int(length)


def neighbourhood(address: str) -> str:
    """An IPv6 customer owns a whole /64, so that is what counts as one address."""
    if ":" not in address:
        return address
    return str(ipaddress.ip_network((address.partition("%")[0], 64), strict=False))


class Body:
    """One body on its way."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.data = bytearray()
        self.patience = asyncio.timeout(None)
        self.is_given_up = False

    def speed(self, now: float) -> float:
        """Bytes a second."""
        return len(self.data) / (now - self.started)

    def give_up(self, now: float) -> None:
        """End it as if its own deadline had come."""
        self.is_given_up = True
        if not self.patience.expired():
            self.patience.reschedule(now)


class Bodies:
    """The bodies being read; lives in the event loop's thread. Only those that take their time are counted."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bounds = plan.bounds
        self.slow = 0
        self.by_address: dict[str, set[Body]] = {}

    async def read(self, scope: Any, receive: Receive) -> bytes:
        """The whole body, or Refused, or ClientGone; never a part of it."""
        announced = announced_bytes(scope["headers"])
        if announced == 0:
            return b""
        cap = self.plan.limits(scope["method"], scope["path"])
        if announced is not None and announced > cap:
            raise Refused(413)
        body = Body(asyncio.get_running_loop().time())
        if not await self._arrives(body, receive, cap, self.bounds.body_unnoticed_seconds):
            with self._counted(body, scope["client"]):
                if not await self._arrives(body, receive, cap, self.bounds.body_seconds):
                    raise Refused(408)
        if announced is not None and len(body.data) != announced:
            raise Refused(400)
        return bytes(body.data)

    async def drain(self, receive: Receive) -> None:
        """Let a refused client finish a little, or it loses our answer to its own failing send."""
        drained, more = 0, True
        try:
            async with asyncio.timeout(self.bounds.drain_seconds):
                while more and drained <= self.bounds.drain_bytes:
                    message = await receive()
                    drained += len(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            pass

    async def _arrives(self, body: Body, receive: Receive, cap: int, most_seconds: float) -> bool:
        """Read on; False when the time was over first. Nothing that was received is lost then."""
        more = True
        try:
            async with asyncio.timeout_at(self._latest(body, most_seconds)) as body.patience:
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    body.data += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body.data) > cap:
                        raise Refused(413)
                    if more:
                        body.patience.reschedule(self._latest(body, most_seconds))
        except TimeoutError:
            return False
        return True

    def _latest(self, body: Body, most_seconds: float) -> float:
        """After the grace each second must be earned by bytes, up to the deadline that nothing moves."""
        if body.is_given_up:
            return body.started
        earned = self.bounds.body_grace_seconds + len(body.data) / self.bounds.body_bytes_per_second
        return body.started + min(most_seconds, earned)

    @contextmanager
    def _counted(self, body: Body, client: tuple[str, int] | None) -> Iterator[None]:
        if self.slow >= self.bounds.bodies:
            raise Refused(503)
        address = self._counted_address(client)
        neighbours = self.by_address.setdefault(address, set())
        neighbours.add(body)
        self.slow += 1
        try:
            if address and len(neighbours) > self.bounds.bodies_per_address:
                self._give_slowest_up(neighbours)
            yield
        finally:
            self.slow -= 1
            neighbours.discard(body)
            if not neighbours:
                self.by_address.pop(address, None)

    def _give_slowest_up(self, neighbours: set[Body]) -> None:
        """Be it this one: many people may share an address, and whoever sends properly is not to blame."""
        now = asyncio.get_running_loop().time()
        slowest = min(neighbours, key=lambda body: body.speed(now))
        neighbours.discard(slowest)
        slowest.give_up(now)

    def _counted_address(self, client: tuple[str, int] | None) -> str:
        if client is None or (self.plan.speaks_for_many and self.plan.speaks_for_many(client[0])):
            return ""
        return neighbourhood(client[0])
