"""Where we are: the address and a link to a map, nothing embedded."""

from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG, Href
from capture.pages.personal import plain
from capture.sites.section import LocaleText


class MapShape(BlockShape):
    type: Literal["map"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    address: LocaleText = Field(title="Address")
    href: Href | None = Field(
        default=None, title="Link to the map", description="A map search for the address, if you leave it empty."
    )


@register
class Map(Block):
    name = "map"
    label = "Map"
    about = "Where you are, with a link to a map."
    icon = "map-pin"
    shape = MapShape
    example = {
        "type": "map",
        "heading": {"vi": "Ghé xưởng", "en": "Come by"},
        "text": {"vi": "Thứ hai đến thứ bảy, 8:00 đến 17:00.", "en": "Monday to Saturday, 8:00 to 17:00."},
        "address": "18 Lê Hồng Phong, Buôn Ma Thuột",
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        search = "https://www.google.com/maps/search/?api=1&" + urlencode({"query": plain(shown["address"])})
        return {**shown, "href": shown.get("href") or search}
