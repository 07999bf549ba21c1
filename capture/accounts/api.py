"""The machines' door of accounts: what the API can do, and who it takes the caller for."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, current_app, request
from pydantic import BaseModel

from capture.accounts.guards import any_scope, current_token, open_to_all
from capture.api.answers import answer
from capture.api.described import Told, described
from capture.api.description import description_of
from capture.api.idempotency import forget_expired
from capture.core.doors import Doors
from capture.core.json import dumps

EXTENSION = "capture.description"

door = Blueprint("accounts", __name__)


class TokenAnswer(BaseModel):
    """A token as it sees itself."""

    name: str
    scopes: list[str]
    created_at: datetime


def install(doors: Doors) -> None:
    doors.api.register_blueprint(door)
    doors.chore(forget_expired)


@door.get("/openapi.json", provide_automatic_options=False)
@open_to_all
@described(Told("This description", tag="about", answers={200: dict}, is_public=True))
def openapi() -> Response:
    made = Response(_description(), content_type="application/json")
    made.headers["Cache-Control"] = "public, max-age=300"
    made.add_etag()
    made.make_conditional(request)
    return made


@door.get("/token")
@any_scope
@described(Told("Which token this is", tag="about", answers={200: TokenAnswer}))
def token() -> Response:
    mine = current_token()
    return answer({"name": mine.name, "scopes": sorted(mine.scopes), "created_at": mine.created_at})


def _description() -> bytes:
    """The same for as long as the program runs."""
    kept: bytes | None = current_app.extensions.get(EXTENSION)
    if kept is None:
        kept = current_app.extensions[EXTENSION] = dumps(description_of(current_app)) + b"\n"
    return kept
