"""How long it still lasts, by the server's clock; the date itself can always be read."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG
from capture.sites.revision import change_at
from capture.sites.section import LocaleText, Moment


class CountdownShape(BlockShape):
    type: Literal["countdown"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    ends: Moment = Field(title="Ends")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    over: LocaleText | None = Field(default=None, title="Text after the end", json_schema_extra=LONG)


@register
class Countdown(Block):
    name = "countdown"
    label = "Countdown"
    about = "How long it still lasts, by the server's clock."
    icon = "clock"
    shape = CountdownShape
    example = {
        "type": "countdown",
        "heading": {"vi": "Giá Tết kết thúc sau", "en": "The Tết price ends in"},
        "ends": "2036-02-05T23:59:59+07:00",
        "over": {"vi": "Đợt này đã kết thúc.", "en": "This one is over."},
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        ends = datetime.fromisoformat(data["ends"]) if isinstance(data["ends"], str) else data["ends"]
        change_at(ends)  # the page that is kept says from then on that it is over
        told = {"ends": ends.isoformat(), "when": place.words_of(ends), "is_over": ends <= place.at}
        return {**super().shown(data, place), **told}
