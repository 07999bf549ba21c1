"""Lists in pieces: `limit` how many, `after` where the last piece ended, `next` where the following one begins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from flask import Response, request
from itsdangerous.encoding import base64_decode, base64_encode
from itsdangerous.exc import BadData
from pydantic import BaseModel, Field

from capture.api.answers import answer
from capture.core.errors import Invalid

LIMIT, MOST = 50, 100


class Paging(BaseModel):
    """The two parameters of every list."""

    limit: Annotated[int, Field(ge=1, le=MOST, description="How many at most.")] = LIMIT
    after: Annotated[
        str | None, Field(max_length=200, description="Where the last piece ended: taken from its `next`.")
    ] = None


def piece(items: Sequence[Any], *, after: str | None) -> Response:
    """One piece of a list; `after` is the cursor of the last item, None where nothing follows."""
    following = _address(after) if after is not None else None
    made = answer({"items": list(items), "next": following})
    if following:
        made.headers["Link"] = f'<{following}>; rel="next"'
    return made


def cursor_of(*parts: str) -> str:
    """A place in a list, as a text that nobody needs to understand."""
    return base64_encode("\n".join(parts)).decode()


def place_of(cursor: str, parts: int) -> list[str]:
    """The parts of a cursor; raises Invalid for one that no `next` ever named."""
    try:
        found = base64_decode(cursor).decode().split("\n")
    except (BadData, UnicodeError):
        found = []
    if len(found) != parts or not all(found) or cursor_of(*found) != cursor:
        raise no_place()
    return found


def no_place() -> Invalid:
    return Invalid(errors={"after": ["This is not a place in this list: take it from `next`."]})


def _address(after: str) -> str:
    kept = {name: value for name, value in request.args.items() if name != "after"}
    return f"{request.path}?{urlencode({**kept, 'after': after})}"
