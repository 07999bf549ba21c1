"""What happens, in order."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG
from capture.sites.section import LocaleText, Strict


class StepShape(Strict):
    title: LocaleText = Field(title="Title")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)


class StepsShape(BlockShape):
    type: Literal["steps"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    items: list[StepShape] = Field(min_length=1, max_length=8, title="Steps")


@register
class Steps(Block):
    name = "steps"
    label = "Steps"
    about = "What happens, in order."
    icon = "stairs"
    shape = StepsShape
    example = {
        "type": "steps",
        "heading": {"vi": "Ba bước là xong", "en": "Three steps"},
        "items": [
            {
                "title": {"vi": "Để lại số", "en": "Leave your number"},
                "text": {"vi": "Mất 20 giây.", "en": "20 seconds."},
            },
            {"title": {"vi": "Nhận mẫu", "en": "Get samples"}, "text": {"vi": "Ba túi 100 g.", "en": "Three bags."}},
            {"title": {"vi": "Chốt đơn", "en": "Order"}, "text": {"vi": "Từ 10 kg.", "en": "From 10 kg."}},
        ],
    }
