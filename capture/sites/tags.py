"""Tags of ad platforms: a site names their ids, never a script of theirs."""

from __future__ import annotations

from pydantic import Field

from capture.sites.section import Strict


class TagsShape(Strict):
    meta: str | None = Field(
        default=None, pattern=r"^[0-9]{8,20}$", title="Meta pixel", description="Digits, from the Events Manager."
    )
    google: str | None = Field(
        default=None,
        pattern=r"^(G-[A-Z0-9]{4,16}|AW-[0-9]{6,14}(/[A-Za-z0-9_-]{6,40})?)$",
        title="Google tag",
        description="G-… for Analytics, AW-… or AW-…/label for Ads.",
    )
    tiktok: str | None = Field(
        default=None, pattern=r"^[A-Z0-9]{16,24}$", title="TikTok pixel", description="Capitals and digits."
    )
    zalo: str | None = Field(
        default=None, pattern=r"^[0-9]{8,24}$", title="Zalo pixel", description="Digits, from Zalo Ads."
    )
