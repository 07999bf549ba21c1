"""Questions that are often asked, each opens by itself."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import MARKDOWN
from capture.sites.section import LocaleText, Strict


class Question(Strict):
    question: LocaleText = Field(title="Question")
    answer: LocaleText = Field(title="Answer", json_schema_extra=MARKDOWN)


class FaqShape(BlockShape):
    type: Literal["faq"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    items: list[Question] = Field(min_length=1, max_length=30, title="Questions")


@register
class Faq(Block):
    name = "faq"
    label = "Questions"
    about = "Often asked, each opens by itself. Search engines read them too."
    icon = "info-circle"
    shape = FaqShape
    example = {
        "type": "faq",
        "heading": {"vi": "Hay được hỏi", "en": "Often asked"},
        "items": [
            {
                "question": {"vi": "Sách có bản in không?", "en": "Is there a printed copy?"},
                "answer": {"vi": "Có, **tại xưởng**.", "en": "There is, **at our workshop**."},
            }
        ],
    }
