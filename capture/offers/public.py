"""The visitors' door of offers: a lead magnet's signed, expiring download."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request, send_file
from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.signing import opened, signed
from capture.core.transactions import transaction
from capture.offers.assets import kept_path
from capture.offers.models import Asset, Grant, Offer
from capture.offers.queries import offers
from capture.offers.stock import FRESH_SECONDS, recent_stock_of
from capture.sites.here import site_here
from capture.tracking.record import record_touchpoint

PURPOSE = "download"
LIFETIME = timedelta(days=7)
# A viewer of PDFs asks several times for the beginning.
SAME_DOWNLOAD = timedelta(minutes=10)

door = Blueprint("offers", __name__)


def install(public: Blueprint) -> None:
    public.register_blueprint(door)


def download_path(submission_id: str, asset_id: str) -> str:
    """A link that opens this file for this grant, for seven days."""
    return "/d/" + signed(PURPOSE, f"{submission_id}.{asset_id}", at=now())


@door.get("/d/<token>")
def download(token: str) -> Response:
    opened_token = opened(PURPOSE, token, now=now(), lifetime=LIFETIME)
    if opened_token is None:
        raise NotFound("download")
    submission_id, asset_id = opened_token.split(".", 1)
    granted = _granted(submission_id)
    if granted is not None and granted.site_id != site_here().id:
        raise NotFound("download")  # another site's visitor at this one's door
    asset = db.session.get(Asset, asset_id)
    path = kept_path(current_app.config["SETTINGS"].instance, asset.digest) if asset else None
    if asset is None or path is None or not path.is_file():
        raise NotFound("download")
    answer = send_file(path, mimetype=asset.media_type, as_attachment=True, download_name=asset.name, etag=asset.digest)
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    if request.method == "GET" and _has_first_byte(answer):
        _count(granted, asset.name)
    return answer


@door.get("/_stock/<slug>")
def stock(slug: str) -> Response:
    """What is left of a coupon, for pages that are kept longer than this is true."""
    site = site_here()
    offer = next((one for one in offers().values() if (one.site_id, one.slug) == (site.id, slug)), None)
    found = recent_stock_of(offer.id) if offer else None
    if found is None:
        raise NotFound
    ended = found.expires_at is not None and found.expires_at <= now()
    answer = jsonify(limit=found.limit, left=found.left, ended=ended)
    answer.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS:.0f}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _granted(submission_id: str) -> Any:
    rows = select(Grant.lead_id, Offer.site_id).join(Offer, Offer.id == Grant.offer_id)
    return db.session.execute(rows.where(Grant.submission_id == submission_id)).first()


def _has_first_byte(answer: Response) -> bool:
    """Not the later parts that a reader fetches one by one, and not a file that the browser has already."""
    is_first_part = answer.status_code == 206 and answer.content_range.start == 0
    return answer.status_code == 200 or is_first_part


def _count(granted: Any, name: str) -> None:
    """A download that is served is a touchpoint of the person it was granted to; soon again, it is the same one."""
    if granted is not None:
        with transaction() as write:
            record_touchpoint(
                write, lead_id=granted.lead_id, kind="download", name=name, at=now(), once_in=SAME_DOWNLOAD
            )
