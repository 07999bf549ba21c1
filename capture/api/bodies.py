"""What a machine sends, as plain values: a JSON object of sane depth, or a query of known parameters."""

from __future__ import annotations

from typing import Any, TypeVar

import orjson
from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import UnsupportedMediaType

from capture.core.errors import Invalid, Unreadable

DEEPEST = 60

Query = TypeVar("Query", bound=BaseModel)


def json_object() -> dict[str, Any]:
    """The body. Raises 415 for another type, Unreadable (400) for what is no JSON object."""
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        body = orjson.loads(request.get_data())
    except orjson.JSONDecodeError as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(body, dict):
        raise Unreadable("The body is a JSON object.")
    if _is_deeper(body, DEEPEST):
        raise Unreadable(f"The body is nested more than {DEEPEST} deep.")
    return body


def query_of(shape: type[Query]) -> Query:
    """The parameters of the address. Raises Invalid with a message for each wrong one."""
    named = {name: values for name, values in request.args.lists() if name in shape.model_fields}
    twice = [name for name, values in named.items() if len(values) > 1]
    if twice:
        raise Invalid(errors={name: ["This was given twice."] for name in twice})
    try:
        return shape.model_validate_strings({name: values[0] for name, values in named.items()})
    except ValidationError as error:
        wrong = {str(one["loc"][0]): [str(one["msg"])] for one in error.errors(include_url=False)}
        raise Invalid(errors=wrong) from error


def _is_deeper(value: Any, most: int) -> bool:
    """Level by level, so that a hostile depth costs no recursion."""
    level: list[Any] = [value]
    for _ in range(most):
        inner = [one for part in level for one in (part.values() if isinstance(part, dict) else part)]
        level = [one for one in inner if isinstance(one, dict | list)]
        if not level:
            return False
    return True
