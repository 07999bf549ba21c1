"""Several pictures side by side."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import PICTURE, PictureName
from capture.sites.section import LocaleText, Strict


class GalleryPicture(Strict):
    picture: PictureName = Field(title="Picture", json_schema_extra=PICTURE)
    alt: LocaleText | None = Field(default=None, title="What it shows")
    caption: LocaleText | None = Field(default=None, title="Caption")


class GalleryShape(BlockShape):
    type: Literal["gallery"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    pictures: list[GalleryPicture] = Field(min_length=1, max_length=24, title="Pictures")


@register
class Gallery(Block):
    name = "gallery"
    label = "Gallery"
    about = "Several pictures side by side."
    icon = "layout-grid"
    shape = GalleryShape
    example = {
        "type": "gallery",
        "heading": {"vi": "Một ngày ở xưởng", "en": "A day at the workshop"},
        "pictures": [
            {"picture": "workshop", "caption": {"vi": "Cân hạt", "en": "Weighing"}},
            {"picture": "drum"},
            {"picture": "bags", "alt": {"vi": "Túi đã dán nhãn", "en": "Labelled bags"}},
        ],
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        return {**shown, "pictures": [one for one in shown["pictures"] if one["picture"] is not None]}

    def is_whole(self, shown: Mapping[str, Any]) -> bool:
        return bool(shown["pictures"])
