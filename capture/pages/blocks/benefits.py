"""What one gets, point by point."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, register
from capture.pages.blocks.hero import Art
from capture.sites.section import LocaleText, Strict


class ItemShape(Strict):
    title: LocaleText
    text: LocaleText | None = None
    note: LocaleText | None = None


class BenefitsShape(Strict):
    type: Literal["benefits"]
    heading: LocaleText | None = None
    text: LocaleText | None = None
    art: Art | None = None
    items: list[ItemShape | LocaleText] = Field(min_length=1, max_length=24)


@register
class Benefits(Block):
    name = "benefits"
    shape = BenefitsShape
    example = {"type": "benefits", "items": [{"title": {"vi": "Chọn máy", "en": "Choose a machine"}}]}

    def shown(self, data: Any, locale: str) -> dict[str, Any]:
        shown = super().shown(data, locale)
        items = [one if isinstance(one, dict) else {"title": one} for one in shown["items"]]
        return {**shown, "items": items}
