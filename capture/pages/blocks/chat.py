"""Talk to us where you already are: Messenger, WhatsApp, Zalo."""

from typing import Literal

from pydantic import Field

from capture.pages.block import Block, BlockShape, register
from capture.pages.fields import LONG
from capture.sites.section import LocaleText


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
