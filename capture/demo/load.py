"""Load the demo world: the site file, then each character's journey, then the form that they sent."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from capture.attribution.source import source_of
from capture.core.clock import now
from capture.core.db import db
from capture.core.transactions import transaction
from capture.demo.people import CAST, Character
from capture.formbuilder.queries import forms_by_slug
from capture.sites.apply import apply_file
from capture.sites.models import Site
from capture.sites.queries import SiteNow, sites
from capture.submissions.arrival import Arrival, locale_of, page_and_offer
from capture.submissions.receive import receive
from capture.tracking.record import Coming, Seen, meet, record_touchpoints, record_visits

SITE_FILE = Path(__file__).parent / "site" / "nha-rang.yaml"
SLUG = "nha-rang"
HOST = "http://localhost"


def is_empty() -> bool:
    """Whether there is no site yet."""
    return db.session.execute(select(Site.id).limit(1)).first() is None


def load_site() -> list[str]:
    return apply_file(SITE_FILE, current_app.extensions["capture.doors"].sections)


def load_people() -> int:
    """Receive everybody of the cast, oldest first; returns how many."""
    site = next(one for one in sites().values() if one.slug == SLUG)
    for character in sorted(CAST, key=lambda one: -one.hours):
        at = now() - timedelta(hours=character.hours)
        _looked(site, character, at)
        receive(_arrival(site, character, at))
    return len(CAST)


def _looked(site: SiteNow, character: Character, at: datetime) -> None:
    """What their browser sent before the form."""
    if not character.browser or not character.looks:
        return
    visitor, first = _visitor(character), at - timedelta(minutes=character.looks[0][0])
    source = source_of(HOST + character.url, character.referrer or None, own_hosts=site.hosts)
    seen = [Seen("page_view", at - timedelta(minutes=minutes), page=page) for minutes, page in character.looks]
    with transaction() as write:
        meet(write, visitor, site_id=site.id, at=first)
        record_visits(write, visitor, [Coming(source, first)])
        record_touchpoints(write, visitor, seen)


def _arrival(site: SiteNow, character: Character, at: datetime) -> Arrival:
    form = forms_by_slug()[site.id, character.form]
    page, offer = page_and_offer(site, form, character.page)
    typed = {"name": character.name, "email": character.email, "phone": character.phone, **character.more}
    if character.consents:
        typed["consent"] = "y"
    return Arrival(
        site=site,
        form=form,
        page=page,
        offer=offer,
        fields=MultiDict(typed),
        extra={},
        door="form",
        locale=locale_of(site, None, character.url),
        key=None,
        visitor=_visitor(character) if character.browser else None,
        url=HOST + character.url,
        referrer=character.referrer or None,
        address=None,
        agent="Mozilla/5.0 (demo)",
        trap="",
        fetch_site=None,
        is_trusted=True,
        submitted_at=at,
        received_at=at,
    )


def _visitor(character: Character) -> str:
    digest = hashlib.sha256(f"demo:{character.browser}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:22]
