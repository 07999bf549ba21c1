"""Plans and their prices, side by side."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG, Href
from capture.pages.linked import price_of
from capture.pages.personal import plain
from capture.sites.section import LocaleText, Strict
from forms.texts import in_locale


class Plan(Strict):
    name: LocaleText = Field(title="Name")
    price: LocaleText = Field(title="Price", description="With its currency: 490.000 ₫")
    period: LocaleText | None = Field(default=None, title="For how long", description="a month, per kg")
    text: LocaleText | None = Field(default=None, title="For whom", json_schema_extra=LONG)
    points: list[LocaleText] = Field(default=[], max_length=16, title="What is in it")
    cta: LocaleText | None = Field(default=None, title="Words of the button")
    href: Href | None = Field(
        default=None, title="Where the button leads", description="The form, if you leave it empty."
    )
    highlighted: bool = Field(default=False, title="Recommended")


class PricingShape(BlockShape):
    type: Literal["pricing"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    plans: list[Plan] = Field(min_length=1, max_length=6, title="Plans")


@register
class Pricing(Block):
    name = "pricing"
    label = "Prices"
    about = "Plans and their prices, side by side."
    icon = "currency-dong"
    shape = PricingShape
    example = {
        "type": "pricing",
        "heading": {"vi": "Giá theo tháng", "en": "Prices by the month"},
        "plans": [
            {
                "name": {"vi": "Quán nhỏ", "en": "Small café"},
                "price": {"vi": "185.000 ₫", "en": "185,000 ₫"},
                "period": {"vi": "mỗi kg", "en": "per kg"},
                "points": [{"vi": "Từ 5 kg", "en": "From 5 kg"}, {"vi": "Giao hai lần", "en": "Two deliveries"}],
                "cta": {"vi": "Chọn gói này", "en": "Choose this"},
                "href": "/contact",
            },
            {
                "name": {"vi": "Quán đông", "en": "Busy café"},
                "price": {"vi": "165.000 ₫", "en": "165,000 ₫"},
                "period": {"vi": "mỗi kg", "en": "per kg"},
                "points": [{"vi": "Từ 20 kg", "en": "From 20 kg"}, {"vi": "Chỉnh máy miễn phí", "en": "Free tuning"}],
                "cta": {"vi": "Chọn gói này", "en": "Choose this"},
                "href": "/contact",
                "highlighted": True,
            },
        ],
    }

    def linked(self, shown: Mapping[str, Any], place: Place) -> Mapping[str, Any] | None:
        offers = [made for plan in shown["plans"] if (made := _offer(plan))]
        if not offers or place.page is None:
            return None
        name = plain(in_locale(place.page.content["title"], place.locale))
        return {"@type": "Product", "name": name, "offers": offers}


def _offer(plan: Mapping[str, Any]) -> Mapping[str, Any] | None:
    price = price_of(plan["price"])
    if price is None:
        return None
    return {"@type": "Offer", "name": plain(plan["name"]), "price": price[0], "priceCurrency": price[1]}
