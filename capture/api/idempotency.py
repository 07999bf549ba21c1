"""A POST that is sent again, because its answer was lost on the way, is answered again and done once.

Submissions have a memory of their own, shared with the browser's form; this one is for everything else.
Keys follow draft-ietf-httpapi-idempotency-key-header: the same key for another request is 422.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
from flask import Response, g, request
from sqlalchemy import Connection, delete, insert, select

from capture.api.answers import answer
from capture.api.models import KeptAnswer
from capture.core.clock import now
from capture.core.errors import Invalid, Unreadable
from capture.core.json import dumps
from capture.core.transactions import again_if_raced, transaction

LIFETIME = timedelta(days=7)
KEY = re.compile(r"[\x21-\x7e]{1,120}")

# What was done, as the body and the status of its answer.
Done = tuple[Any, int]


def key_given() -> str | None:
    """The request's key; raises Unreadable for one that no program makes."""
    given = request.headers.get("Idempotency-Key")
    if given is None:
        return None
    if not KEY.fullmatch(given.strip()):
        raise Unreadable("An Idempotency-Key has 1 to 120 printable characters without spaces.")
    return given.strip()


def once(work: Callable[[Connection], Done]) -> Response:
    """Do it in one transaction, together with the memory of it. A refusal is never remembered."""
    key = key_given()
    value, status = _kept(key, _digest(), work) if key else _plain(work)
    return answer(value, status) if status != 204 else Response(status=204, headers={"Cache-Control": "no-store"})


def forget_expired() -> None:
    """A chore of the worker."""
    with transaction() as write:
        write.execute(delete(KeptAnswer).where(KeptAnswer.expires_at <= now()))


@again_if_raced
def _plain(work: Callable[[Connection], Done]) -> Done:
    with transaction() as write:
        return work(write)


@again_if_raced
def _kept(key: str, digest: str, work: Callable[[Connection], Done]) -> Done:
    with transaction() as write:
        mine = (KeptAnswer.token_id == g.token.id, KeptAnswer.key == key)
        write.execute(delete(KeptAnswer).where(*mine, KeptAnswer.expires_at <= now()))
        found = write.execute(select(KeptAnswer.digest, KeptAnswer.value, KeptAnswer.status).where(*mine)).first()
        if found is None:
            done, status = work(write)
            value = orjson.loads(dumps(done))
            row = {"token_id": g.token.id, "key": key, "digest": digest, "value": value, "status": status}
            write.execute(insert(KeptAnswer).values(**row, expires_at=now() + LIFETIME))
            return value, status
    if found.digest != digest:
        raise Invalid("This Idempotency-Key was used for another request.")
    return found.value, found.status


def _digest() -> str:
    parts = (request.method, request.full_path, request.get_data().decode("latin-1"))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
