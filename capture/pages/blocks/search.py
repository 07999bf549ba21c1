"""A search box for the customer's own site."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import Href
from capture.sites.section import LocaleText


class SearchShape(BlockShape):
    type: Literal["search"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    action: Href = Field(
        title="Address of the search page", description="https://shop.example.com/search", json_schema_extra={"rows": 1}
    )
    name: str = Field(
        default="q",
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,30}$",
        title="Name of the parameter",
        description="What your search page calls the words: q, s, keyword.",
    )
    placeholder: LocaleText | None = Field(default=None, title="Label of the box", description="What one can look for.")


@register
class Search(Block):
    name = "search"
    label = "Search"
    about = "A search box for your own site."
    icon = "search"
    shape = SearchShape
    example = {
        "type": "search",
        "heading": {"vi": "Tìm hạt hợp gu", "en": "Find your beans"},
        "action": "/search",
        "placeholder": {"vi": "Tên hạt, vùng trồng", "en": "Beans, region"},
    }
