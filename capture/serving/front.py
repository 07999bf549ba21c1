"""The ASGI application before the WSGI one: the shelf first, then a whole body or a refusal, then a lane."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from capture.core.finished import Headers, joined
from capture.serving.adapter import Answer, Call
from capture.serving.asking import SEEN, answer_to, note_view, question_of
from capture.serving.bodies import Bodies
from capture.serving.environ import environ_of
from capture.serving.files import FileAnswer, Files
from capture.serving.lanes import Lanes
from capture.serving.outlet import Outlet
from capture.serving.plan import Plan
from capture.serving.refusals import ClientGone, Refused, refusal_of
from capture.serving.sweep import Sweep
from capture.serving.ticker import Ticker

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class Front:
    """One for each process. `ready` is called when the product has started."""

    def __init__(
        self,
        plan: Plan,
        *,
        ready: Callable[[], None] | None = None,
        most_connections: int | None = None,
        most_files: int | None = None,
    ) -> None:
        self.plan = plan
        self.ready = ready
        self.most_connections = min(plan.bounds.connections, most_connections or plan.bounds.connections)
        self.bodies = Bodies(plan)
        self.lanes = Lanes(plan.bounds)
        self.files = Files(min(plan.bounds.files, most_files or plan.bounds.files))
        self.sweep = Sweep(plan.bounds)
        self.ticker = Ticker(plan.tick, seconds=plan.bounds.tick_seconds) if plan.tick else None
        self._dated: Headers = []
        self._date_lines = b""

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http" and not await self._from_shelf(scope, send):
            await self._from_application(scope, receive, send)

    def date_lines(self, headers: Headers) -> bytes:
        """uvicorn's own headers as bytes; it makes a new list each second, so the list itself is the key."""
        if headers is not self._dated:
            self._dated, self._date_lines = headers, joined(headers)
        return self._date_lines

    async def _from_shelf(self, scope: Any, send: Send) -> bool:
        if scope["method"] not in ("GET", "HEAD"):
            return False
        question = question_of(scope["path"], scope["query_string"], scope["headers"])
        page = answer_to(self.plan, question)
        if page is None:
            return False
        await _send_whole(send, page.status, page.headers, page.body)
        if page.status in SEEN and scope["method"] == "GET":
            note_view(self.plan, question, scope["headers"], (scope["client"] or ("",))[0])
        return True

    async def _from_application(self, scope: Any, receive: Receive, send: Send) -> None:
        read = False
        try:
            body = await self.bodies.read(scope, receive)
            read = True
            await self._in_lane(scope, body, receive, send)
        except Refused as refused:
            late = read or refused.status == 408
            await self._refuse(scope, refused.status, send, None if late else receive)
        except ClientGone:
            log.debug("a client went away before its request was complete")

    async def _in_lane(self, scope: Any, body: bytes, receive: Receive, send: Send) -> None:
        outlet = Outlet(asyncio.get_running_loop())
        lane = self.lanes[self.plan.lane(scope["method"], scope["path"])]
        done = lane.start(Call(self.plan.application, environ_of(scope, body), outlet))
        done.add_done_callback(outlet.not_needed)
        head = await outlet.opened
        if head is not None:
            await _send_start(send, *head)
            await outlet.pour(receive, send)
        elif done.cancelled():
            raise Refused(503)
        else:
            await self._send(done.result(), receive, send)

    async def _send(self, answer: Answer | FileAnswer | None, receive: Receive, send: Send) -> None:
        match answer:
            case FileAnswer():
                await self.files.pour(answer, receive, send)
            case Answer():
                await _send_whole(send, *answer)

    async def _refuse(self, scope: Any, status: int, send: Send, receive: Receive | None) -> None:
        headers, body = refusal_of(self.plan, status, scope)
        await _send_start(send, status, headers)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        if receive is not None:
            await self.bodies.drain(receive)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _live(self, receive: Receive, send: Send) -> None:
        """The ASGI lifespan: start, wait for the end, stop. A failure on either side is told to the server."""
        for event, step in (("startup", self._start), ("shutdown", self._stop)):
            await receive()
            try:
                await asyncio.to_thread(step)
            except Exception as error:
                log.exception("%s failed", event)
                await send({"type": f"lifespan.{event}.failed", "message": str(error)})
                return
            await send({"type": f"lifespan.{event}.complete"})

    def _start(self) -> None:
        if self.plan.startup is not None:
            self.plan.startup()
        if self.ticker is not None:
            self.ticker.start()
        if self.ready is not None:
            self.ready()

    def _stop(self) -> None:
        if self.ticker is not None:
            self.ticker.stop()
        self.lanes.close()
        self.files.close()
        if self.plan.shutdown is not None:
            self.plan.shutdown()


async def _send_start(send: Send, status: int, headers: Headers) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _send_whole(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _send_start(send, status, headers)
    await send({"type": "http.response.body", "body": body, "more_body": False})
