"""The visitors' door of offers: a lead magnet's signed, expiring download."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, request, send_file
from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.signing import opened, signed
from capture.core.transactions import transaction
from capture.offers.assets import kept_path
from capture.offers.models import Asset, Grant
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
        _count(submission_id, asset.name)
    return answer


def _has_first_byte(answer: Response) -> bool:
    """Not the later parts that a reader fetches one by one, and not a file that the browser has already."""
    is_first_part = answer.status_code == 206 and answer.content_range.start == 0
    return answer.status_code == 200 or is_first_part


def _count(submission_id: str, name: str) -> None:
    """A download that is served is a touchpoint of the person it was granted to; soon again, it is the same one."""
    lead_id = db.session.execute(select(Grant.lead_id).where(Grant.submission_id == submission_id)).scalar()
    if lead_id is not None:
        with transaction() as write:
            record_touchpoint(write, lead_id=lead_id, kind="download", name=name, at=now(), once_in=SAME_DOWNLOAD)
