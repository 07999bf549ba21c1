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
    "book-stack": "Books, a plant and a lamp",
    "calendar": "A calendar and a clock",
    "desk-phone": "A telephone on a desk",
    "drum": "A roasting drum with beans over the fire",
    "envelope": "A letter in its envelope",
    "lightning": "Lightning, a bag and an alarm clock",
    "open-book": "An open book",
    "phin": "A phin and a red stool",
    "roast-curve": "A roast curve",
    "ticket-stub": "Two tickets and scissors",
    "two-chairs": "Two armchairs, talking",
}


def choices() -> list[dict[str, str]]:
    """What a control for a drawing offers."""
    return [{"key": name, "label": _(WORDS.get(name, name))} for name in ARTS]
