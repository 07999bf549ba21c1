"""The fields that blocks share: pictures, links, and how a longer text is edited."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from capture.sites.section import Slug

LONG: dict[str, Any] = {"control": "text"}
MARKDOWN: dict[str, Any] = {"control": "markdown"}
PICTURE: dict[str, Any] = {"control": "picture"}
OFFER: dict[str, Any] = {"control": "offer"}
VIDEO: dict[str, Any] = {"control": "line"}
HREF = re.compile(r"/(?![/\\])[^\s\\]*|#[\w-]*|https?://[^\s\\]+|mailto:[^\s@]+@[^\s@]+|tel:\+?[\d .()-]{3,30}")

PictureName = Slug


def _href(value: str) -> str:
    if not HREF.fullmatch(value):
        raise ValueError("a path such as `/prices`, `#form`, or an address that begins with https://, mailto: or tel:")
    return value


Href = Annotated[str, Field(max_length=2000), AfterValidator(_href)]
