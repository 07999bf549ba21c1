"""One picture, as wide as the page or as the text."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import PICTURE, PictureName
from capture.sites.section import LocaleText


class ImageShape(BlockShape):
    type: Literal["image"]
    picture: PictureName = Field(title="Picture", json_schema_extra=PICTURE)
    alt: LocaleText | None = Field(
        default=None,
        title="What it shows",
        description="For those who cannot see it. Empty: what the picture itself says.",
    )
    caption: LocaleText | None = Field(default=None, title="Caption")
    width: Literal["wide", "text"] = Field(
        default="wide",
        title="Width",
        json_schema_extra={"words": {"wide": "As wide as the page", "text": "As wide as the text"}},
    )


@register
class Image(Block):
    name = "image"
    label = "Picture"
    about = "One picture with a caption."
    icon = "photo"
    shape = ImageShape
    example = {
        "type": "image",
        "picture": "workshop",
        "alt": {"vi": "Máy rang trong xưởng", "en": "The roaster in our workshop"},
        "caption": {"vi": "Xưởng rang, thứ ba hằng tuần", "en": "The workshop, every Tuesday"},
    }

    def is_whole(self, shown: Mapping[str, Any]) -> bool:
        return shown["picture"] is not None
