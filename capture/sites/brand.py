"""What a site may choose of its looks; the rest is computed from it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from capture.sites.section import Slug, Strict


def _small(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


Colour = Annotated[str, BeforeValidator(_small), Field(pattern=r"^#[0-9a-f]{6}$")]


class BrandShape(Strict):
    """`colour` is the one brand colour. What is not chosen is the theme's own; `logo` names a picture of the site."""

    colour: Colour | None = Field(default=None, title="Brand colour", json_schema_extra={"control": "colour"})
    radius: Literal["sharp", "soft", "round"] | None = Field(
        default=None,
        title="Corners",
        json_schema_extra={
            "nothing": "As the theme has it",
            "words": {"sharp": "Sharp", "soft": "Soft", "round": "Round"},
        },
    )
    scale: Literal["compact", "normal", "large"] | None = Field(
        default=None,
        title="Size of headings",
        json_schema_extra={
            "nothing": "As the theme has it",
            "words": {"compact": "Compact", "normal": "Normal", "large": "Large"},
        },
    )
    hero: Literal["light", "dark"] | None = Field(
        default=None,
        title="Opening",
        json_schema_extra={"nothing": "As the theme has it", "words": {"light": "Light", "dark": "Dark"}},
    )
    logo: Slug | None = Field(
        default=None,
        title="Logo",
        description="A picture that stands in place of the letter, on every page.",
        json_schema_extra={"control": "picture"},
    )
