"""A search box for the customer's own site."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from capture.pages.block import Block, BlockShape, register
from capture.sites.section import LocaleText

ADDRESS = re.compile(r"/(?![/\\])[\w./~%-]*|https?://[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:/[\w./~%-]*)?", re.IGNORECASE)


def _address(value: str) -> str:
    if not ADDRESS.fullmatch(value):
        raise ValueError(
            "a path such as `/search`, or an address without `?` such as `https://shop.example.com/search`"
        )
    return value


Action = Annotated[str, Field(max_length=500), AfterValidator(_address)]


class SearchShape(BlockShape):
    type: Literal["search"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    action: Action = Field(title="Address of the search page", description="https://shop.example.com/search")
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

    def allows(self, data: Mapping[str, Any]) -> Mapping[str, list[str]]:
        """The form may be sent to that site."""
        parts = urlsplit(data["action"])
        return {"form-action": [f"{parts.scheme}://{parts.netloc}"]} if parts.netloc else {}
