"""The first thing that a visitor sees: the promise."""

from typing import Literal

from capture.pages.block import Block, register
from capture.sites.section import LocaleText, Strict

Art = Literal["roast-curve", "phin", "book"]


class HeroShape(Strict):
    type: Literal["hero"]
    heading: LocaleText
    highlight: LocaleText | None = None
    eyebrow: LocaleText | None = None
    text: LocaleText | None = None
    cta: LocaleText | None = None
    art: Art | None = None


@register
class Hero(Block):
    name = "hero"
    shape = HeroShape
    example = {"type": "hero", "heading": {"vi": "Rang mẻ đầu tiên", "en": "Roast your first batch"}, "art": "phin"}
