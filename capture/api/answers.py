"""JSON answers, and errors as problem+json (RFC 9457)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from capture.core import failures
from capture.core.json import dumps

PREFIX = "/api/"
# What a status means here, where the refusal itself says nothing.
DETAILS = {
    400: "The request cannot be read.",
    401: "Send a token: `Authorization: Bearer …`.",
    404: "There is nothing here.",
    405: "This address has other methods; `Allow` names them.",
    408: "The request arrived too slowly.",
    411: "The request must say how long it is.",
    413: "The body is too large.",
    415: "Send JSON, with `Content-Type: application/json`.",
    421: "No site answers to this host name.",
    422: "Something in it cannot be used: `errors` says where.",
    429: "Too many requests. `Retry-After` says when to come again.",
    431: "The head of the request is too long.",
    500: "Something failed on our side. The reference finds it in our log.",
    503: "The server is busy. Nothing was stored; try again.",
}


def attach(app: Flask) -> None:
    """Every answer of the door carries the number by which the log knows the request."""
    app.before_request(_numbered)
    failures.speak_for(app, PREFIX, speak_problem)


def answer(value: Any, status: int = 200) -> Response:
    """For what is about people: nobody on the way keeps it."""
    return Response(
        dumps(value) + b"\n", status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def tagged(value: Any, status: int = 200) -> Response:
    """With an ETag, for `If-None-Match` now and `If-Match` later; whoever keeps it asks first."""
    made = answer(value, status)
    made.headers["Cache-Control"] = "private, no-cache"
    made.headers["Vary"] = "Authorization"
    made.headers["ETag"] = tag_of(value)
    if request.method in {"GET", "HEAD"}:
        made.make_conditional(request)
    return made


def tag_of(value: Any) -> str:
    return f'"{hashlib.sha256(dumps(value)).hexdigest()[:20]}"'


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    body: Mapping[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"Cache-Control": "no-store"}
    return Response(dumps(body) + b"\n", status, content_type="application/problem+json", headers=headers)


def problem_bytes(status: int) -> bytes:
    """A refusal before anything was asked: for those who speak without the application."""
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": DETAILS.get(status, ""),
    }
    return dumps(told) + b"\n"


def speak_problem(status: int, message: str, reference: str | None, fields: dict[str, Any]) -> Response:
    """The API's way to refuse."""
    more: dict[str, Any] = {"errors": fields} if fields else {}
    if reference:
        more["reference"] = reference
    return problem(status, HTTPStatus(status).phrase, message or DETAILS.get(status, ""), **more)


def _numbered() -> None:
    if request.path.startswith(PREFIX):
        failures.reference_here()
