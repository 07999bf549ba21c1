"""The foot of the page: legal lines and links, in place of the site's plain one."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG, Href
from capture.sites.section import LocaleText, Strict


class FooterLink(Strict):
    label: LocaleText = Field(title="Words")
    href: Href = Field(title="Where it leads")


class Column(Strict):
    heading: LocaleText = Field(title="Heading")
    links: list[FooterLink] = Field(min_length=1, max_length=12, title="Links")


class FooterShape(BlockShape):
    type: Literal["footer"]
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    legal: LocaleText | None = Field(
        default=None,
        title="Legal lines",
        description="The site's own, if you leave it empty.",
        json_schema_extra=LONG,
    )
    links: list[FooterLink] = Field(default=[], max_length=12, title="Links")
    columns: list[Column] = Field(default=[], max_length=4, title="Columns")


@register
class Footer(Block):
    name = "footer"
    label = "Footer"
    about = "Legal lines and links, in place of the site's plain ones."
    icon = "layout-bottombar"
    once = True
    spot = "foot"
    shape = FooterShape
    example = {
        "type": "footer",
        "text": {
            "vi": "Rang thứ ba và thứ sáu, gửi đi trong ngày.",
            "en": "Roasted Tuesdays and Fridays, sent that day.",
        },
        "legal": {"vi": "Công ty TNHH Nhà Rang. MST 6001234567", "en": "Nhà Rang Ltd. Tax code 6001234567"},
        "links": [{"label": {"vi": "Quyền riêng tư", "en": "Privacy"}, "href": "/rieng-tu"}],
        "columns": [
            {
                "heading": {"vi": "Mua hạt", "en": "Beans"},
                "links": [{"label": {"vi": "Bảng giá sỉ", "en": "Wholesale"}, "href": "/bang-gia"}],
            }
        ],
    }
