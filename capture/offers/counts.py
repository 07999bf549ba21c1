"""What was given of each offer and what is left; offers and files to choose from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from sqlalchemy import func, select

from capture.core.db import db
from capture.core.speech import spoken
from capture.offers.models import Asset, Coupon, Grant, Offer
from capture.offers.queries import OfferNow, offers
from capture.sites.here import shown_site
from forms.texts import in_locale


def mine() -> list[OfferNow]:
    """The offers of the site that the console shows, in the order in which they were made."""
    site = shown_site()
    return sorted((one for one in offers().values() if site and one.site_id == site.id), key=lambda one: one.id)


def offers_to_choose() -> list[dict[str, str]]:
    return [{"key": one.slug, "label": in_locale(one.title, spoken()) or one.slug} for one in mine()]


def assets_to_choose() -> list[dict[str, str]]:
    """Files that were uploaded or came with a site file, the newest first."""
    rows = db.session.execute(select(Asset.name, Asset.size).order_by(Asset.id.desc()).limit(200))
    return [{"key": name, "label": f"{name} ({size_in_words(size)})"} for name, size in rows]


def size_in_words(size: int) -> str:
    """`6.2 MB` with the comma or point of the language."""
    return f"{format_decimal(max(size / 1_000_000, 0.1), format='0.0', locale=spoken())} MB"


def granted_counts(site_id: str) -> Mapping[str, int]:
    """Offer id → how many people got it."""
    counted = select(Grant.offer_id, func.count()).join(Offer, Offer.id == Grant.offer_id)
    given = counted.where(Offer.site_id == site_id, Grant.state == "granted").group_by(Grant.offer_id)
    return {offer_id: number for offer_id, number in db.session.execute(given)}


def stocks(site_id: str) -> Mapping[str, dict[str, Any]]:
    """Offer id → claimed, limit and what is left of a coupon."""
    rows = select(Coupon).join(Offer, Offer.id == Coupon.offer_id).where(Offer.site_id == site_id)
    return {one.offer_id: _stock(one) for one in db.session.execute(rows).scalars()}


def _stock(coupon: Coupon) -> dict[str, Any]:
    left = None if coupon.limit is None else max(coupon.limit - coupon.claimed, 0)
    share = round(100 * coupon.claimed / coupon.limit) if coupon.limit else (0 if coupon.limit is None else 100)
    return {
        "claimed": coupon.claimed,
        "limit": coupon.limit,
        "left": left,
        "share": share,
        "expires": coupon.expires_at,
        "value": coupon.value,
    }
