"""Offers as the public paths know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.offers.models import Asset, Offer
from capture.sites.revision import of_revision


@dataclass(frozen=True)
class OfferNow:
    id: str
    site_id: str
    slug: str
    kind: str
    form_id: str
    title: Any
    asset_id: str | None
    asset_digest: str | None
    asset_name: str | None
    asset_size: int


@of_revision
def offers() -> Mapping[str, OfferNow]:
    """Every offer that is not retired, by id."""
    rows = select(Offer, Asset).outerjoin(Asset, Asset.id == Offer.asset_id).where(Offer.retired_at.is_(None))
    return {offer.id: _now(offer, asset) for offer, asset in db.session.execute(rows).all()}


@of_revision
def offers_by_form() -> Mapping[str, Sequence[OfferNow]]:
    """By form id, in the order in which they were made."""
    found: dict[str, list[OfferNow]] = {}
    for offer in sorted(offers().values(), key=lambda one: one.id):
        found.setdefault(offer.form_id, []).append(offer)
    return found


def only_offer_of(form_id: str) -> OfferNow | None:
    """Without a page, the form's only offer; else none."""
    found = offers_by_form().get(form_id, ())
    return found[0] if len(found) == 1 else None


def _now(offer: Offer, asset: Asset | None) -> OfferNow:
    return OfferNow(
        id=offer.id,
        site_id=offer.site_id,
        slug=offer.slug,
        kind=offer.kind,
        form_id=offer.form_id,
        title=offer.settings.get("title"),
        asset_id=offer.asset_id,
        asset_digest=asset.digest if asset else None,
        asset_name=asset.name if asset else None,
        asset_size=asset.size if asset else 0,
    )
