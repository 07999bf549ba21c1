"""The machines' door of tracking: history that a trusted server sends."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response, request
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from capture.accounts.guards import scoped
from capture.api.described import Told, described
from capture.api.idempotency import Done, once
from capture.core.clock import now
from capture.sites.here import site_here
from capture.tracking.beacons import OLDEST_HISTORY, beacon_of
from capture.tracking.public import store

door = Blueprint("tracking", __name__)


class BeaconBody(BaseModel):
    """What one visitor did. An event that cannot be understood is left out; the others are kept."""

    visitor: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="The id that `t.js` made.")]
    events: Any = Field(
        default=None, description="At most 100: `kind`, `page`, `at`, `value`, `name`, `url`, `referrer`."
    )


EXAMPLE = {"visitor": "Vis1tor_of-the-example", "events": [{"kind": "page_view", "page": "/pricing"}]}


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.post("/touchpoints")
@scoped("touchpoints:write")
@described(
    Told(
        "Send a visitor's history",
        body=BeaconBody,
        example=EXAMPLE,
        answers={204: None},
        headers=("Idempotency-Key",),
        refusals=(421,),
    )
)
def touchpoints() -> Response:
    site, beacon = site_here(), beacon_of(request.get_data(), now(), oldest=OLDEST_HISTORY)

    def stored(write: Connection) -> Done:
        if beacon.events:
            store(write, site, beacon)
        return None, 204

    return once(stored)
