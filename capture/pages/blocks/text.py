"""Rich text in Markdown, sanitised: no raw HTML, no script, links that carry no referrer and no rank."""

from typing import Any, Literal

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.sites.section import LocaleText

ALLOWED_TAGS = frozenset(
    [
        "p",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "blockquote",
        "code",
        "pre",
        "hr",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


class TextShape(BlockShape):
    type: Literal["text"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    body: LocaleText = Field(
        title="Text", description="Markdown: **bold**, lists, links, tables.", json_schema_extra={"control": "markdown"}
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


def sanitised(markdown: str) -> Markup:
    """Markdown as HTML that may stand in a page."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=set(ALLOWED_TAGS),
        attributes={"a": {"href", "title"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )
    return Markup(html)  # noqa: S704 -- cleaned on the line above
