"""The server is held up on purpose: slow bodies and unfinished heads, one byte a second each, beside ordinary visitors.

All come from one address, as behind a carrier's: nobody there may be locked out by a neighbour.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from people import AGENT
from probes import form_visit, page_visit, visits
from servers import Server
from targets import PAGE

BODIES, HEADS = 400, 400
LONGEST_SECONDS = 45
PAGE_LIMIT_MS, SUBMISSION_LIMIT_MS = 100, 200

HEAD = f"POST /f/{PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\n"
BODY = HEAD + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\n"


def held(server: Server) -> dict[str, Any]:
    """Waits of ordinary visitors meanwhile, and how each slow client ended."""
    server.get(f"/{PAGE}", {"Accept-Encoding": "br"})
    slow = [*server.cores.for_load(), sys.executable, str(Path(__file__)), str(server.port)]
    with subprocess.Popen(slow, stdout=subprocess.PIPE, text=True) as running:
        time.sleep(1)
        with visits(page_visit(server.port), 0.01) as pages, visits(form_visit(server.port), 0.03) as submissions:
            said, _ = running.communicate(timeout=LONGEST_SECONDS + 30)
    rows = {"pages": pages.row(), "submissions": submissions.row(), "slow": json.loads(said)}
    stored = server.program.stored(server.folder)
    lost = max(0, submissions.answers["303"] - stored)
    return {**rows, "rss_mb": server.rss_mb(), "lost": lost, **server.failures()}


async def slow_clients(port: int) -> dict[str, Any]:
    """How bodies and heads ended (a status, or what happened instead) and after how many seconds at most."""
    bodies = [_slowly(port, BODY, "a") for _ in range(BODIES)]
    heads = [_slowly(port, HEAD + "X-Slow: ", "a") for _ in range(HEADS)]
    ended = await asyncio.gather(*bodies, *heads)
    return {"bodies": _summed(ended[:BODIES]), "heads": _summed(ended[BODIES:])}


async def _slowly(port: int, first: str, byte: str) -> tuple[str, float]:
    began = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        return type(error).__name__, 0.0
    writer.write(first.encode())
    said = asyncio.ensure_future(reader.read(100))
    while not said.done() and time.monotonic() - began < LONGEST_SECONDS:
        await asyncio.wait({said}, timeout=1)
        if not said.done():
            writer.write(byte.encode())
    end = await _end(said)
    writer.close()
    return end, time.monotonic() - began


async def _end(said: asyncio.Future[bytes]) -> str:
    if not said.done():
        said.cancel()
        return "never ended"
    try:
        return said.result()[9:12].decode() or "closed without a word"
    except OSError as error:
        return type(error).__name__


def _summed(ended: list[tuple[str, float]]) -> dict[str, Any]:
    seconds = [after for _, after in ended]
    return {"ended": dict(Counter(end for end, _ in ended)), "longest_seconds": round(max(seconds), 1)}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(slow_clients(int(sys.argv[1])))))
