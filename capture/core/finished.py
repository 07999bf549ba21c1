"""A finished answer: status, headers and body made beforehand, ready to be sent as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import NamedTuple

Headers = Sequence[tuple[bytes, bytes]]
WITHOUT_BODY = (204, 304)
_LINE_BREAKING = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class Finished(NamedTuple):
    """An answer made beforehand. `head` is its status line and `headers` as bytes, without Date and the blank line."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    head: bytes


def finished(status: int, headers: Iterable[tuple[str, str]], body: bytes = b"") -> Finished:
    """Make a finished answer; Content-Length is added here, Date when it is sent."""
    lines = [(name.lower().encode("ascii"), value.encode("latin-1")) for name, value in headers]
    if status not in WITHOUT_BODY:
        lines.append((b"content-length", b"%d" % len(body)))
    if any(_LINE_BREAKING.search(name + value) for name, value in lines):
        raise ValueError("a header with a line break would split the answer in two")
    return Finished(status, tuple(lines), body, status_line(status) + joined(lines))


def status_line(status: int) -> bytes:
    return b"HTTP/1.1 %d %s\r\n" % (status, HTTPStatus(status).phrase.encode("ascii"))


def joined(headers: Headers) -> bytes:
    return b"".join(b"%s: %s\r\n" % header for header in headers)
