"""The drawings that come with the product: one SVG each in `templates/pages/art/`, coloured by the theme."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from capture.core.speech import _
from capture.settings import ROOT

FOLDER = ROOT / "templates" / "pages" / "art"
# Parts of other pages, not for a marketer to choose.
OWN = frozenset({"coupon", "cup", "no-signal", "streets"})
ARTS = tuple(sorted(path.stem for path in FOLDER.glob("*.svg") if path.stem not in OWN))


def _known(name: str) -> str:
    if name not in ARTS:
        raise ValueError(f"allowed are {', '.join(ARTS)}")
    return name


Art = Annotated[str, AfterValidator(_known)]

WORDS = {
    "book": "A book with a coffee branch",
    "drum": "A roasting drum with beans over the fire",
    "phin": "A phin and a red stool",
    "roast-curve": "A roast curve",
}


def choices() -> list[dict[str, str]]:
    """What a control for a drawing offers."""
    return [{"key": name, "label": _(WORDS.get(name, name))} for name in ARTS]
