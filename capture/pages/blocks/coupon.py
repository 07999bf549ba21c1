"""How many codes of the page's coupon are left, truthfully."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG, OFFER
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
