"""A few figures that carry the promise."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.sites.section import LocaleText, Strict


class Figure(Strict):
    value: LocaleText = Field(title="Figure", description="140, 4,8/5, 72 h")
    label: LocaleText = Field(title="What it counts")
    note: LocaleText | None = Field(default=None, title="Where it comes from")


class NumbersShape(BlockShape):
    type: Literal["numbers"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    items: list[Figure] = Field(min_length=1, max_length=8, title="Figures")


@register
class Numbers(Block):
    name = "numbers"
    label = "Numbers"
    about = "A few figures that carry the promise."
    icon = "chart-bar"
    shape = NumbersShape
    example = {
        "type": "numbers",
        "items": [
            {"value": "140", "label": {"vi": "quán đang mua hạt", "en": "cafés buy from us"}},
            {"value": {"vi": "72 giờ", "en": "72 h"}, "label": {"vi": "từ rang đến giao", "en": "from drum to door"}},
            {
                "value": {"vi": "4,8/5", "en": "4.8/5"},
                "label": {"vi": "khách chấm", "en": "from customers"},
                "note": {"vi": "312 đánh giá, 2026", "en": "312 reviews, 2026"},
            },
        ],
    }
