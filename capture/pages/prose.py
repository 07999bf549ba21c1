"""Markdown of marketers as HTML, sanitised: no raw HTML, no script, links that carry no referrer and no rank."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup

from capture.pages.personal import is_personal, marked, plain

ALLOWED_TAGS = frozenset(
    [*"p br hr a strong em code".split(), *"h2 h3 h4 ul ol li blockquote pre".split()]  # noqa: SIM905 -- read as a line
    + ["table", "thead", "tbody", "tr", "th", "td", "span"]
)
ATTRIBUTES = {"a": {"href", "title"}, "span": {"data-param"}}


def sanitised(markdown: str) -> Markup:
    """Markdown as HTML that may stand in a page."""
    html = nh3.clean(
        _markdown.render(markdown),
        tags=set(ALLOWED_TAGS),
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener nofollow",
    )
    return Markup(html)  # noqa: S704 -- cleaned on the line above


def _with_places(state: StateCore) -> None:
    """Places for the visitor's own words, in texts alone; a title takes the fallback."""
    for block in state.tokens:
        for token in block.children or []:
            if title := token.attrs.get("title"):
                token.attrs["title"] = plain(str(title))
            if token.type == "text" and is_personal(token.content):
                _mark(token)


def _mark(token: Token) -> None:
    token.type, token.content = "html_inline", str(marked(token.content))


def _without_empty_heads(state: StateCore) -> None:
    """Markdown knows no table without a head; one that says nothing is none."""
    ends = [index for index, token in enumerate(state.tokens) if token.type in {"thead_open", "thead_close"}]
    for first, last in reversed(list(zip(ends[::2], ends[1::2], strict=True))):
        if not any(token.content for token in state.tokens[first:last]):
            del state.tokens[first : last + 1]


_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
_markdown.core.ruler.push("heads", _without_empty_heads)
_markdown.core.ruler.push("places", _with_places)
