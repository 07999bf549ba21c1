"""Talk to us where you already are: Messenger, WhatsApp, Zalo."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import LONG
from capture.sites.section import LocaleText

# In the order in which they are shown.
CHANNELS = {
    "zalo": ("Zalo", "https://zalo.me/{id}"),
    "messenger": ("Messenger", "https://m.me/{id}"),
    "whatsapp": ("WhatsApp", "https://wa.me/{id}"),
}


class ChatShape(BlockShape):
    type: Literal["chat"]
    heading: LocaleText | None = Field(default=None, title="Heading")
    text: LocaleText | None = Field(default=None, title="Text", json_schema_extra=LONG)
    messenger: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9.]{3,64}$",
        title="Messenger",
        description="The name of your page: nharang.vn",
    )
    whatsapp: str | None = Field(
        default=None,
        pattern=r"^\+?[1-9][0-9]{6,14}$",
        title="WhatsApp",
        description="The number with its country: +84…",
    )
    zalo: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9_.-]{6,64}$", title="Zalo", description="The number, or the id of your OA."
    )


@register
class Chat(Block):
    name = "chat"
    label = "Chat"
    about = "Buttons to Messenger, WhatsApp and Zalo."
    icon = "message-circle"
    shape = ChatShape
    example = {
        "type": "chat",
        "heading": {"vi": "Hỏi nhanh", "en": "Just ask"},
        "messenger": "nharang.vn",
        "zalo": "0905018042",
    }

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        links = [
            {"key": key, "label": label, "href": address.format(id=data[key].removeprefix("+"))}
            for key, (label, address) in CHANNELS.items()
            if data.get(key)
        ]
        return {**super().shown(data, place), "links": links}

    def is_whole(self, shown: Any) -> bool:
        return bool(shown["links"])
