"""Asks whether we may count visits and use the tags of ad platforms. Refusing is as easy as accepting."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG, Href
from capture.sites.section import LocaleText


class ConsentShape(BlockShape):
    type: Literal["consent"]
    text: LocaleText = Field(title="Text", description="What is counted, by whom, what for.", json_schema_extra=LONG)
    accept: LocaleText | None = Field(default=None, title="Words for yes")
    refuse: LocaleText | None = Field(default=None, title="Words for no")
    more: LocaleText | None = Field(default=None, title="Words of the link")
    href: Href | None = Field(default=None, title="Where it is explained")


@register
class Consent(Block):
    name = "consent"
    label = "Consent banner"
    about = "Asks before visits are counted. Refusing is as easy as accepting."
    icon = "shield-check"
    once = True
    spot = "banner"
    shape = ConsentShape
    example = {
        "type": "consent",
        "text": {
            "vi": "Chúng tôi muốn đếm lượt xem để biết quảng cáo nào có ích. Anh chị quyết định.",
            "en": "We would like to count visits, to learn which ads are of use. You decide.",
        },
        "more": {"vi": "Cách giữ dữ liệu", "en": "How we keep data"},
        "href": "/rieng-tu",
    }
