"""The OpenAPI 3.1 description, made from the routes, what they say of themselves, and the shapes that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Flask
from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode
from werkzeug.routing import Rule

from capture.api.answers import DETAILS
from capture.api.described import Problem, Told, told_of

PREFIX, METHODS = "/api/v1", ("GET", "POST", "PUT", "PATCH", "DELETE")
VERSION = "1.0.0"
REFERENCE = "#/components/schemas/{model}"
# Hints for the console's forms, which say nothing about what is valid.
FOR_FORMS = frozenset({"control", "words", "rows", "item"})
CLOSED, ALWAYS, WITH_BODY = (401, 403), (429, 500, 503), (400, 413, 415, 422)
HEADERS = {
    "If-Match": "The ETag that was read: 412 when it has changed since.",
    "If-None-Match": "`*`: only where there is nothing yet, else 412.",
    "Idempotency-Key": "1 to 120 printable characters. For seven days the same request under it is done once.",
}
PARAMETERS = {
    "site": "The slug of the site.",
    "key": "The slug or name.",
    "slug": "The slug of the form.",
    "lead_id": "The id of the lead.",
    "delivery_id": "The id of the delivery.",
}
ABOUT = (
    "Everything that the console does, for programs. Send a token: `Authorization: Bearer cap_…`; "
    "`capture token create NAME --scope …` makes one. Errors are `application/problem+json` (RFC 9457). "
    "Texts hold no control characters, and names that are mentioned must exist: what fits the schema and breaks "
    "such a rule is answered 422, with a message at each path."
)

Schemas = Mapping[Any, Mapping[str, Any]]


class Operation(NamedTuple):
    rule: Rule
    method: str
    told: Told
    scope: str


def description_of(app: Flask) -> dict[str, Any]:
    """The whole document."""
    operations = list(_operations(app))
    schemas, components = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(_path(one.rule), {})[one.method.lower()] = _operation(one, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Capture", "version": VERSION, "description": ABOUT, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "A token with scopes."}},
        },
    }


def _operations(app: Flask) -> Iterator[Operation]:
    for rule in sorted(app.url_map.iter_rules(), key=str):
        view = app.view_functions[rule.endpoint]
        told = told_of(view)
        for method in METHODS:
            if told is not None and method in (rule.methods or ()):
                yield Operation(rule, method, told, str(getattr(view, "_scope", "")))


def _path(rule: Rule) -> str:
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", str(rule))


def _schemas(operations: list[Operation]) -> tuple[Schemas, dict[str, Any]]:
    """The schema of each type that is named, and those that they refer to by name."""
    types = {id(one): one for operation in operations for one in _types(operation.told)}
    mode: JsonSchemaMode = "validation"
    inputs: list[Any] = [(key, mode, TypeAdapter(one)) for key, one in types.items()]
    found, whole = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
    components = {name: _clean(one) for name, one in whole.get("$defs", {}).items()}
    return {key: _clean(one) for (key, _mode), one in found.items()}, components


def _types(told: Told) -> list[Any]:
    return [one for one in (told.body, told.query, Problem, *told.answers.values()) if one is not None]


def _clean(schema: Any) -> Any:
    """Without the hints for forms; the names of properties are no keywords."""
    if isinstance(schema, list):
        return [_clean(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: {key: _clean(one) for key, one in value.items()} if name == "properties" else _clean(value)
        for name, value in schema.items()
        if name not in FOR_FORMS
    }


def _operation(one: Operation, schemas: Schemas) -> dict[str, Any]:
    told = one.told
    made: dict[str, Any] = {
        "operationId": one.rule.endpoint.removeprefix("api.").replace(".", "_"),
        "summary": told.summary,
        "tags": [told.tag or _path(one.rule).removeprefix(PREFIX).split("/")[1]],
        "parameters": [*_in_path(one.rule), *_in_query(told, schemas), *_in_headers(told)],
        "responses": _responses(one, schemas),
        "security": [{}] if told.is_public else [{"token": [] if one.scope == "any" else [one.scope]}],
    }
    if told.text:
        made["description"] = told.text
    if told.body is not None:
        content: dict[str, Any] = {"schema": schemas[id(told.body)]}
        content |= {"example": told.example} if told.example is not None else {}
        made["requestBody"] = {"required": True, "content": {told.media: content}}
    return made


def _in_path(rule: Rule) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1}
    return [
        {"name": name, "in": "path", "required": True, "description": PARAMETERS[name], "schema": text}
        for name in re.findall(r"{(\w+)}", _path(rule))
    ]


def _in_query(told: Told, schemas: Schemas) -> list[dict[str, Any]]:
    if told.query is None:
        return []
    properties = told.query.model_json_schema(ref_template=REFERENCE)["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _present(schema)}
        for name, schema in properties.items()
    ]


def _present(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter that is there is never null: absence says that."""
    kinds = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    kept = {name: value for name, value in schema.items() if name not in {"anyOf", "default", "title"}}
    return {**kept, **kinds[0]} if len(kinds) == 1 else dict(schema)


def _in_headers(told: Told) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "header", "required": False, "description": HEADERS[name], "schema": _text(name)}
        for name in told.headers
    ]


def _text(name: str) -> dict[str, Any]:
    """Of the header's value: preconditions that match nothing are no error."""
    is_key = name == "Idempotency-Key"
    return (
        {"type": "string", "minLength": 1, "maxLength": 120, "pattern": r"^[\x21-\x7e]+$"}
        if is_key
        else {"type": "string"}
    )


def _responses(one: Operation, schemas: Schemas) -> dict[str, Any]:
    told = one.told
    good = {str(status): _good(status, shape, schemas) for status, shape in told.answers.items()}
    refused = {*told.refusals, *ALWAYS}
    refused |= set() if told.is_public else set(CLOSED)
    refused |= set(WITH_BODY) if told.body is not None else set()
    refused |= {422} if told.query is not None else set()
    refused |= {404} if "<" in str(one.rule) else set()
    return {**good, **{str(status): _refusal(status, schemas) for status in sorted(refused)}}


def _good(status: int, shape: Any, schemas: Schemas) -> dict[str, Any]:
    made: dict[str, Any] = {"description": HTTPStatus(status).phrase, "headers": _told_headers()}
    if shape is not None:
        made["content"] = {"application/json": {"schema": schemas[id(shape)]}}
    return made


def _refusal(status: int, schemas: Schemas) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": schemas[id(Problem)]}}
    text = DETAILS.get(status) or HTTPStatus(status).phrase
    return {"description": text, "headers": _told_headers(), "content": content}


def _told_headers() -> dict[str, Any]:
    return {"X-Request-Id": {"description": "Under this the server's log knows it.", "schema": {"type": "string"}}}
