"""A video. Nothing of another company is loaded before the visitor agrees to it."""

import re
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG, PICTURE, PictureName
from capture.pages.videos import NAME, videos
from capture.sites.section import LocaleText

# The id, alone or in the address that a browser shows.
IDS = {
    "youtube": re.compile(
        r"(?:https?://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:\S*&)?v=|shorts/|embed/|live/)|youtu\.be/))?([\w-]{11})(?:[?&#]\S*)?"
    ),
    "vimeo": re.compile(r"(?:https?://(?:www\.|player\.)?vimeo\.com/(?:video/)?)?(\d{5,12})(?:[/?#]\S*)?"),
    "own": re.compile(f"({NAME})"),
}
WATCH = {"youtube": "https://www.youtube.com/watch?v={id}", "vimeo": "https://vimeo.com/{id}"}
PLAYER = {
    "youtube": "https://www.youtube-nocookie.com/embed/{id}?autoplay=1&rel=0",
    "vimeo": "https://player.vimeo.com/video/{id}?autoplay=1&dnt=1",
}
FRAMES = {"youtube": "https://www.youtube-nocookie.com", "vimeo": "https://player.vimeo.com"}
COMPANIES = {"youtube": "YouTube", "vimeo": "Vimeo"}


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

    @model_validator(mode="before")
    @classmethod
    def _with_id(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or not isinstance(raw.get("video"), str):
            return raw
        pattern = IDS.get(str(raw.get("source", "youtube")))
        found = pattern.fullmatch(raw["video"].strip()) if pattern else None
        if pattern and not found:
            raise ValueError("`video` is the address of the video's page or its id; of our own, the name of its file")
        return {**raw, "video": found[1]} if found else raw


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

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        source = shown.setdefault("source", "youtube")
        if source == "own":
            return {**shown, "file": videos().get(shown["video"])}
        links = {"href": WATCH[source].format(id=shown["video"]), "player": PLAYER[source].format(id=shown["video"])}
        return {**shown, **links, "company": COMPANIES[source]}

    def is_whole(self, shown: Mapping[str, Any]) -> bool:
        return shown["source"] != "own" or shown["file"] is not None

    def allows(self, data: Mapping[str, Any]) -> Mapping[str, list[str]]:
        source = data.get("source", "youtube")
        return {"media-src": ["'self'"]} if source == "own" else {"frame-src": [FRAMES[source]]}
