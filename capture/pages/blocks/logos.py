"""Whose trust we have: names or logos in a row."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import PICTURE, Href, PictureName
from capture.sites.section import LocaleText, Strict


class Logo(Strict):
    name: str = Field(min_length=1, max_length=80, title="Name")
    picture: PictureName | None = Field(
        default=None, title="Logo", description="The name stands there if you choose none.", json_schema_extra=PICTURE
    )
    href: Href | None = Field(default=None, title="Link")


class LogosShape(BlockShape):
    type: Literal["logos"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    items: list[Logo] = Field(min_length=1, max_length=24, title="Logos")


@register
class Logos(Block):
    name = "logos"
    label = "Logos"
    about = "Whose trust you have: names or logos in a row."
    icon = "heart-handshake"
    shape = LogosShape
    example = {
        "type": "logos",
        "heading": {"vi": "140 quán đang rang cùng chúng tôi", "en": "140 cafés roast with us"},
        "items": [{"name": "Hiên Nhà"}, {"name": "Quán Gió"}, {"name": "Phin & Bạn"}, {"name": "Sân Thượng"}],
    }
