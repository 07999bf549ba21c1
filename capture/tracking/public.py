"""The visitors' door of tracking: the script, and the touchpoints that it sends."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from sqlalchemy import Connection

from capture.attribution.source import source_of
from capture.core import limits
from capture.core.assets import FOLDER, minified
from capture.core.clock import now
from capture.core.errors import Unreadable
from capture.core.shelf import item_of, shelved
from capture.core.transactions import again_if_raced, transaction
from capture.sites.here import site_here
from capture.sites.queries import SiteNow
from capture.tracking.beacons import Beacon, Sender, beacon_of
from capture.tracking.bots import ROBOTS, bot_of
from capture.tracking.record import Coming, meet, record_touchpoints, record_visits
from capture.tracking.unscripted import digest_of, forget

SCRIPT_CACHE = "public, max-age=300"
LARGEST_BYTES = 65_536

door = Blueprint("tracking", __name__)


def install(public: Blueprint) -> None:
    public.register_blueprint(door)


@door.get("/t.js")
def tracker() -> Response:
    """The tracker as the site wants it: off, after consent, or on."""
    source = (FOLDER / "pages" / "t.js").read_bytes().replace(b"__TRACKING__", site_here().tracking.encode())
    headers = [("Content-Type", "text/javascript; charset=utf-8"), ("Cache-Control", SCRIPT_CACHE)]
    return shelved(item_of(200, [*headers, ("X-Content-Type-Options", "nosniff")], minified(".js", source)))


@door.post("/t")
def touchpoints() -> Response:
    """204 for everything that can be read; robots are answered alike and not kept."""
    site = site_here()
    limits.count("beacons")
    if (request.content_length or 0) > LARGEST_BYTES:
        raise Unreadable("A beacon is at most 64 KB.")
    beacon = beacon_of(request.get_data(cache=False), now())
    robot = _robot()
    if beacon.events and site.tracking != "off" and robot not in ROBOTS:
        keep(site, beacon, Sender(_own_digest(), robot))
    return Response(status=204, headers={"Cache-Control": "no-store"})


def _robot() -> str | None:
    """Declared robots and pages that nobody looks at yet; a library or a headless browser may be a test of ours."""
    headers = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Purpose"))
    return bot_of(request.user_agent.string, purpose=" ".join(headers).strip())


def _own_digest() -> str:
    return digest_of(request.client, request.headers.get("User-Agent", ""), now())  # type: ignore[attr-defined]


@again_if_raced
def keep(site: SiteNow, beacon: Beacon, sender: Sender | None = None) -> None:
    """Store what a browser did, in a transaction of its own. A server that tells of others is no sender."""
    with transaction() as write:
        if sender is not None:
            forget(write, sender.digest)
        store(write, site, beacon)
        for told in current_app.extensions["capture.doors"].beacons if sender is not None else ():
            told(write, site, beacon, sender)


def store(write: Connection, site: SiteNow, beacon: Beacon) -> None:
    """What a browser did; where it came from opens a visit."""
    at = now()
    views = [event for event in beacon.events if event.seen.kind == "page_view"]
    comings = [
        Coming(source_of(one.url or one.seen.page, one.referrer, own_hosts=site.hosts), one.seen.at) for one in views
    ]
    meet(write, beacon.visitor, site_id=site.id, at=at)
    record_visits(write, beacon.visitor, comings)
    record_touchpoints(write, beacon.visitor, [event.seen for event in beacon.events])
