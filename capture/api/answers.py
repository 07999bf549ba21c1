"""JSON answers, and errors as problem+json (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from capture.core.json import dumps


def answer(value: Any, status: int = 200) -> Response:
    return Response(
        dumps(value) + b"\n", status, content_type="application/json", headers={"Cache-Control": "no-store"}
    )


def problem(status: int, title: str, detail: str = "", **more: Any) -> Response:
    body: Mapping[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"Cache-Control": "no-store"}
    return Response(dumps(body) + b"\n", status, content_type="application/problem+json", headers=headers)


TITLES = {
    400: "Bad request",
    403: "Not allowed",
    404: "Not found",
    409: "Conflict",
    413: "Too large",
    422: "Unprocessable",
}


def speak_problem(status: int, message: str, reference: str | None, fields: dict[str, Any]) -> Response:
    """The API's way to refuse."""
    more: dict[str, Any] = {"errors": fields} if fields else {}
    if reference:
        more["reference"] = reference
    return problem(status, TITLES.get(status, "Error"), message, **more)
