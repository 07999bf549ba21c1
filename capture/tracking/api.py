"""The machines' door of tracking: history that a trusted server sends."""

from __future__ import annotations

from flask import Blueprint, Response, request

from capture.accounts.guards import scoped
from capture.core.clock import now
from capture.sites.here import site_here
from capture.tracking.beacons import OLDEST_HISTORY, beacon_of
from capture.tracking.public import keep

door = Blueprint("tracking", __name__)


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.post("/touchpoints")
@scoped("touchpoints:write")
def touchpoints() -> Response:
    beacon = beacon_of(request.get_data(cache=False), now(), oldest=OLDEST_HISTORY)
    if beacon.events:
        keep(site_here(), beacon)
    return Response(status=204)
