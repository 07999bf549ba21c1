"""What customers say, in their words."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG, PICTURE, PictureName
from capture.sites.section import LocaleText, Strict


class Testimonial(Strict):
    quote: LocaleText = Field(title="What they said", json_schema_extra=LONG)
    name: str = Field(min_length=1, max_length=120, title="Name")
    role: LocaleText | None = Field(default=None, title="Who they are", description="Owner of Hiên Nhà, Buôn Ma Thuột")
    picture: PictureName | None = Field(default=None, title="Portrait", json_schema_extra=PICTURE)


class TestimonialsShape(BlockShape):
    type: Literal["testimonials"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    items: list[Testimonial] = Field(min_length=1, max_length=12, title="Voices")


@register
class Testimonials(Block):
    name = "testimonials"
    label = "Voices"
    about = "What customers say, in their words."
    icon = "quote"
    shape = TestimonialsShape
    example = {
        "type": "testimonials",
        "items": [
            {
                "quote": {
                    "vi": "Mẻ đầu cháy, mẻ hai sống. Đến mẻ thứ năm, khách quen hỏi quán đổi hạt hả chị.",
                    "en": "The first batch burnt, the second was raw. By the fifth, regulars asked what had changed.",
                },
                "name": "Ngọc Ánh",
                "role": {"vi": "quán Hiên Nhà, Buôn Ma Thuột", "en": "Hiên Nhà café, Buôn Ma Thuột"},
            }
        ],
    }
