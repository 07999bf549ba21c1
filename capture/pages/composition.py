"""The blocks of a page as they are shown here: what is broken is told to whoever edits and kept from visitors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from capture.core.speech import _
from capture.pages.block import Place, blocks, pictures_in
from capture.pages.personal import personal

BROKEN = "broken"


def composed(content: Mapping[str, Any], place: Place) -> list[dict[str, Any]]:
    """What the page's template reads, in order; `index` is the block's place in the page's content."""
    found = []
    for index, data in enumerate(content["blocks"]):
        if not data.get("hidden"):
            found += [{"index": index, **one} for one in _shown(data, place)]
    return found


def _shown(data: Mapping[str, Any], place: Place) -> Iterator[dict[str, Any]]:
    kind = blocks().get(data["type"])
    if kind is None:
        yield from _told(place, str(data["type"]), _("Nothing here can show this kind of block."))
        return
    shown = kind.shown(data, place)
    for name in pictures_in(data):
        if place.picture(name) is None:
            yield from _told(place, _(kind.label), _("There is no picture “%(name)s”.", name=name))
    if kind.is_whole(shown):
        yield personal({**shown, "spot": kind.spot, "linked": kind.linked(shown, place)})
    elif not list(pictures_in(data)):
        yield from _told(place, _(kind.label), _("Something is missing, so that visitors don't see it."))


def _told(place: Place, title: str, text: str) -> Iterator[dict[str, Any]]:
    """A named placeholder, in a preview alone."""
    if place.is_preview:
        yield {"type": BROKEN, "spot": "flow", "title": title, "text": text}
