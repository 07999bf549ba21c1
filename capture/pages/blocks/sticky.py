"""The button that stays in sight."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import Href
from capture.sites.section import LocaleText


class StickyShape(BlockShape):
    type: Literal["sticky"]
    text: LocaleText | None = Field(default=None, title="Text beside the button")
    cta: LocaleText = Field(title="Words of the button")
    href: Href | None = Field(default=None, title="Where it leads", description="The form, if you leave it empty.")
    desktop: bool = Field(default=False, title="Also on large screens")


@register
class Sticky(Block):
    """It replaces the opening's own button at the foot of a phone."""

    name = "sticky"
    label = "Sticky button"
    about = "The button that stays in sight."
    icon = "click"
    once = True
    spot = "call"
    shape = StickyShape
    example = {
        "type": "sticky",
        "text": {"vi": "Còn đến hết tháng", "en": "Until the end of the month"},
        "cta": {"vi": "Lấy mã", "en": "Get the code"},
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        return {**shown, "href": shown.get("href") or "#form"}
