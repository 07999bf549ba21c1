"""Reading request bodies in the event loop: counted, under a deadline, and only so many at once."""

import asyncio
import ipaddress
from collections import Counter
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


class Bodies:
    """The bodies being read; lives in the event loop's thread."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.bounds = plan.bounds
        self.reading = 0
        self.by_address: Counter[str] = Counter()

    async def read(self, scope: Any, receive: Receive) -> bytes:
        """The whole body, or Refused, or ClientGone; never a part of it."""
        announced = announced_bytes(scope["headers"])
        if announced == 0:
            return b""
        cap = self.plan.limits(scope["method"], scope["path"])
        if announced is not None and announced > cap:
            raise Refused(413)
        with self._admitted(scope["client"]):
            body = await self._collect(receive, cap)
        if announced is not None and len(body) != announced:
            raise Refused(400)
        return body

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

    @contextmanager
    def _admitted(self, client: tuple[str, int] | None) -> Iterator[None]:
        address = self._counted_address(client)
        crowded = bool(address) and self.by_address[address] >= self.bounds.bodies_per_address
        if crowded or self.reading >= self.bounds.bodies:
            raise Refused(503)
        self.reading += 1
        self.by_address[address] += bool(address)
        try:
            yield
        finally:
            self.reading -= 1
            self.by_address[address] -= bool(address)
            if not self.by_address[address]:
                del self.by_address[address]

    def _counted_address(self, client: tuple[str, int] | None) -> str:
        if client is None or (self.plan.speaks_for_many and self.plan.speaks_for_many(client[0])):
            return ""
        return neighbourhood(client[0])

    async def _collect(self, receive: Receive, cap: int) -> bytes:
        started = asyncio.get_running_loop().time()
        body, more = bytearray(), True
        try:
            async with asyncio.timeout_at(started + self._seconds_for(0)) as patience:
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientGone
                    body += message.get("body", b"")
                    more = message.get("more_body", False)
                    if len(body) > cap:
                        raise Refused(413)
                    patience.reschedule(started + self._seconds_for(len(body)))
        except TimeoutError:
            raise Refused(408) from None
        return bytes(body)

    def _seconds_for(self, received: int) -> float:
        """After the grace each second must be earned by bytes, up to the deadline that nothing moves."""
        earned = self.bounds.body_grace_seconds + received / self.bounds.body_bytes_per_second
        return min(self.bounds.body_seconds, earned)
