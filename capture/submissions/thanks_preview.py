"""The thank-you page as a visitor would see it, while its offer is edited: the real rendering with a sample."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request
from sqlalchemy import select

from capture.accounts.guards import allowed
from capture.console.shapes import value_of
from capture.core.db import db
from capture.core.errors import NotFound
from capture.offers.coupon_codes import sample_code
from capture.offers.models import Asset
from capture.offers.sitefile import OfferShape
from capture.pages.render import render_thanks, without_scripts
from capture.pages.style import public_headers, style_of_site, theme_of
from capture.sites.here import console_site
from capture.sites.queries import LOCALES
from capture.sites.saving import kept_item
from capture.submissions.thanks import coupon_part, ebook_part, heading, text_for

SAMPLE_NAME = "Nguyễn An"

door = Blueprint("thanks_preview", __name__, url_prefix="/offers")


def install(console: Blueprint) -> None:
    console.register_blueprint(door)


@door.route("/<slug>/preview", methods=["GET", "POST"])
@allowed("offers.see")
def preview(slug: str) -> Response:
    """What was posted, or without a post what is saved; `-` is an offer that has no name yet."""
    kind = request.values.get("_kind", "")
    item = value_of(OfferShape, request.form, before={"kind": kind}) if request.method == "POST" else _kept(slug)
    site, locale = console_site(), request.values.get("_locale", "")
    locale = locale if locale in LOCALES else site.locale
    theme = theme_of(site)
    offer = _coupon(item, locale) if item.get("kind") == "coupon" else _ebook(item, locale)
    context = {"title": heading(SAMPLE_NAME, locale), "text": text_for(True, locale), "offer": offer}
    answer = Response(without_scripts(render_thanks(site, locale, theme, **context)))
    answer.headers.extend(public_headers(style_of_site(site, theme=theme)))
    return answer


def _kept(slug: str) -> dict[str, Any]:
    item = kept_item("offers", slug)
    if item is None:
        raise NotFound("There is no such offer.")
    return dict(item)


def _ebook(item: dict[str, Any], locale: str) -> dict[str, Any]:
    name = str(item.get("asset") or "").rsplit("/", 1)[-1]
    size = db.session.execute(select(Asset.size).where(Asset.name == name).order_by(Asset.id.desc())).scalar()
    return ebook_part(item.get("title"), name or "guide.pdf", size or 0, href="#", locale=locale)


def _coupon(item: dict[str, Any], locale: str) -> dict[str, Any]:
    terms = item.get("coupon") or {}
    prefix = "".join(one for one in str(terms.get("prefix") or "").upper() if one.isalnum())[:12]
    code = sample_code(prefix)
    expires = _moment(terms.get("expires"))
    return coupon_part(console_site(), item.get("title"), code, str(terms.get("value") or ""), expires, locale=locale)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return None
