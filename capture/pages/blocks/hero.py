"""The first thing that a visitor sees: the promise."""

from typing import Any, Literal

from pydantic import Field

from capture.pages.arts import Art
from capture.pages.block import Block, BlockShape, Place, register
from capture.pages.fields import PICTURE, PictureName
from capture.sites.section import LocaleText


class HeroShape(BlockShape):
    type: Literal["hero"]
    eyebrow: LocaleText | None = Field(default=None, title="Small line above")
    heading: LocaleText = Field(title="Heading", description="The promise in one line.")
    highlight: LocaleText | None = Field(
        default=None, title="Emphasised part", description="Stands after the heading, or marks these words within it."
    )
    text: LocaleText | None = Field(default=None, title="Introduction", json_schema_extra={"control": "text"})
    cta: LocaleText | None = Field(
        default=None, title="Words of the button", description="The button that stays at the foot of a phone."
    )
    art: Art | None = Field(default=None, title="Drawing", json_schema_extra={"control": "art"})
    picture: PictureName | None = Field(
        default=None, title="Picture", description="In place of the drawing.", json_schema_extra=PICTURE
    )
    ground: Literal["light", "dark"] | None = Field(
        default=None,
        title="Ground",
        json_schema_extra={"nothing": "As the theme has it", "words": {"light": "Light", "dark": "Dark"}},
    )
    layout: Literal["under", "beside", "centred", "above"] = Field(
        default="under",
        title="Layout",
        description="Where no form stands beside it.",
        json_schema_extra={
            "words": {
                "under": "Drawing below the words",
                "beside": "Drawing beside the words",
                "centred": "In the middle, drawing below",
                "above": "In the middle, drawing above",
            }
        },
    )


@register
class Hero(Block):
    name = "hero"
    label = "Opening"
    about = "The promise, with room for the form beside it."
    icon = "photo"
    once = True
    shape = HeroShape
    example = {"type": "hero", "heading": {"vi": "Rang mẻ đầu tiên", "en": "Roast your first batch"}, "art": "phin"}

    def shown(self, data: Any, place: Place) -> dict[str, Any]:
        shown = super().shown(data, place)
        return {**shown, "parts": _parts(shown["heading"], shown.get("highlight") or "")}


def _parts(heading: str, highlight: str) -> tuple[str, str, str]:
    """What stands before the emphasised words, these words, and what stands after them."""
    if highlight and highlight in heading:
        before, after = heading.split(highlight, 1)
        return before, highlight, after
    return heading + " " * bool(highlight), highlight, ""
