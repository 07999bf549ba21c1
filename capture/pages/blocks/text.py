"""Paragraphs, lists and tables in Markdown."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import MARKDOWN
from capture.pages.prose import sanitised
from capture.sites.section import LocaleText


class TextShape(BlockShape):
    type: Literal["text"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    body: LocaleText = Field(
        title="Text", description="Markdown: **bold**, lists, links, tables.", json_schema_extra=MARKDOWN
    )


@register
class RichText(Block):
    name = "text"
    label = "Text"
    about = "Paragraphs, lists and tables."
    icon = "align-left"
    shape = TextShape
    example = {"type": "text", "body": "Some **bold** words."}

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        return {**shown, "body": sanitised(shown["body"])}
