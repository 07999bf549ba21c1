"""How many codes of the page's coupon are left, truthfully."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from capture.offers.queries import OfferNow, offers
from capture.offers.stock import stock_of
from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG, OFFER
from capture.pages.personal import plain
from capture.sites.section import LocaleText, Slug


class CouponShape(BlockShape):
    type: Literal["coupon"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    offer: Slug | None = Field(
        default=None, title="Offer", description="The page's own, if you choose none.", json_schema_extra=OFFER
    )


@register
class CouponBlock(Block):
    name = "coupon"
    label = "Coupon"
    about = "What the code is worth, and how many are left."
    icon = "ticket"
    shape = CouponShape
    example = {
        "type": "coupon",
        "heading": {"vi": "Giảm 15 % dịp Tết", "en": "15 % off for Tết"},
        "text": {"vi": "Mỗi người một mã.", "en": "One code each."},
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        """What does not change with every code; how many are left is asked by the browser."""
        offer = _offer(data.get("offer"), place)
        stock = stock_of(offer.id) if offer else place.stock
        shown = {**super().shown(data, place), "offer": offer.slug if offer else None, "stock": stock}
        if stock is not None and stock.expires_at is not None:
            shown["until"] = place.words_of(stock.expires_at)
        return shown

    def is_whole(self, shown: Mapping[str, Any]) -> bool:
        return shown["stock"] is not None

    def linked(self, shown: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        stock, ends = shown["stock"], shown["stock"].expires_at
        made = {"@type": "Offer", "name": plain(shown.get("heading") or stock.value), "description": stock.value}
        return {**made, "validThrough": ends.isoformat()} if ends else made


def _offer(slug: str | None, place: Place) -> OfferNow | None:
    """The named coupon of this site, else the page's own."""
    if slug is None:
        offer = place.page.offer if place.page else None
    else:
        mine = (one for one in offers().values() if place.site and one.site_id == place.site.id)
        offer = next((one for one in mine if one.slug == slug), None)
    return offer if offer and offer.kind == "coupon" else None
