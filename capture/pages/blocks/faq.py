"""Questions that are often asked, each opens by itself."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import MARKDOWN
from capture.pages.personal import plain
from capture.pages.prose import sanitised
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

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        return {**shown, "items": [{**one, "answer": sanitised(one["answer"])} for one in shown["items"]]}

    def linked(self, shown: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        return {"@type": "FAQPage", "mainEntity": [_linked(one) for one in shown["items"]]}


def _linked(one: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = {"@type": "Answer", "text": one["answer"].striptags()}
    return {"@type": "Question", "name": plain(one["question"]), "acceptedAnswer": answer}
