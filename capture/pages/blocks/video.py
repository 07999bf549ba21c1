"""A video. Nothing of another company is loaded before the visitor agrees to it."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG, PICTURE, PictureName
from capture.sites.section import LocaleText


class VideoShape(BlockShape):
    type: Literal["video"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    source: Literal["youtube", "vimeo", "own"] = Field(
        default="youtube",
        title="Where it is",
        json_schema_extra={"words": {"youtube": "YouTube", "vimeo": "Vimeo", "own": "On this server"}},
    )
    video: str = Field(
        title="Video",
        min_length=1,
        max_length=500,
        description="The address of its page, or its id; for one of our own, the name of the file.",
    )
    poster: PictureName | None = Field(default=None, title="Picture before it plays", json_schema_extra=PICTURE)
    title: LocaleText | None = Field(default=None, title="What the video shows")


@register
class Video(Block):
    name = "video"
    label = "Video"
    about = "YouTube and Vimeo only after a click that agrees to it, or a file of our own."
    icon = "player-play"
    shape = VideoShape
    example = {
        "type": "video",
        "heading": {"vi": "Xem một mẻ rang", "en": "Watch one batch"},
        "text": {"vi": "Bốn phút, từ hạt xanh đến túi.", "en": "Four minutes, from green beans to the bag."},
        "source": "youtube",
        "video": "dQw4w9WgXcQ",
        "title": {"vi": "Một mẻ rang, từ đầu đến cuối", "en": "One batch, from start to end"},
    }
