"""What one gets, point by point."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.arts import Art
from capture.pages.block import Block, BlockShape, Place, register
from capture.sites.section import LocaleText, Strict


class ItemShape(Strict):
    title: LocaleText = Field(title="Title")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra={"control": "text"})
    note: LocaleText | None = Field(default=None, title="Note at the side")


class BenefitsShape(BlockShape):
    type: Literal["benefits"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra={"control": "text"})
    art: Art | None = Field(default=None, title="Drawing", json_schema_extra={"control": "art"})
    items: list[ItemShape | LocaleText] = Field(min_length=1, max_length=24, title="Points")


@register
class Benefits(Block):
    name = "benefits"
    label = "Benefits"
    about = "What one gets, point by point."
    icon = "list-numbers"
    shape = BenefitsShape
    example = {"type": "benefits", "items": [{"title": {"vi": "Chọn máy", "en": "Choose a machine"}}]}

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        items = [one if isinstance(one, dict) else {"title": one} for one in shown["items"]]
        return {**shown, "items": items}
