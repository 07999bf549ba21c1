"""The blocks of a page as they are shown here: what is broken is told to whoever edits and kept from visitors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from capture.core.speech import _
from capture.pages.block import Block, Place, blocks, pictures_in
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
        yield from _told(place, data, str(data["type"]), _("This kind of block is not known here."))
        return
    if place.is_preview and (wrong := _wrong_fields(kind, data)):
        text = _("Something is missing or wrong: %(what)s.", what=", ".join(wrong))
        yield from _told(place, data, _(kind.label), text)
        return
    shown = kind.shown(data, place)
    for name in pictures_in(data):
        if place.picture(name) is None:
            yield from _told(place, data, _(kind.label), _("There is no picture “%(name)s”.", name=name))
    if kind.is_whole(shown):
        told = {"id": data.get("id"), "spot": kind.spot, "linked": kind.linked(shown, place)}
        yield personal({**shown, **told})
    elif not list(pictures_in(data)):
        yield from _told(place, data, _(kind.label), _("Something is missing, so that visitors don't see it."))


def _told(place: Place, data: Mapping[str, Any], title: str, text: str) -> Iterator[dict[str, Any]]:
    """A named placeholder, in a preview alone."""
    if place.is_preview:
        yield {"type": BROKEN, "id": data.get("id"), "spot": "flow", "title": title, "text": text}


def _wrong_fields(kind: Block, data: Mapping[str, Any]) -> list[str]:
    """What a draft still lacks, by the names that the editor shows."""
    try:
        kind.shape.model_validate({name: value for name, value in data.items() if name != "id"})
    except ValidationError as error:
        fields = kind.shape.model_fields
        names = dict.fromkeys(str(one["loc"][0]) for one in error.errors() if one["loc"])
        return [_(str(fields[name].title or name)) for name in names if name in fields] or [_("Text")]
    return []
