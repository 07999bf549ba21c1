"""The steps of an editor: what the pressed button and the typed words ask for."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from capture.console.shapes import value_of
from capture.core.errors import Invalid, NotFound
from capture.core.speech import _
from capture.pages import edits
from capture.pages.block import blocks
from capture.pages.drafts import Draft
from capture.pages.editor import PAGE
from capture.pages.sitefile import PageShape

DONE = {
    "add": "Added: %(name)s",
    "duplicate": "Duplicated: %(name)s",
    "up": "Moved: %(name)s",
    "down": "Moved: %(name)s",
    "to": "Moved: %(name)s",
    "hide": "Hidden: %(name)s",
    "show": "Shown again: %(name)s",
    "remove": "The block is removed",
}


def edit_of(before: Draft, verb: str, block: str, typed: MultiDict[str, str]) -> tuple[edits.Edit, str]:
    """What a button says as an edit, and the place that it changes. Raises NotFound or Invalid."""
    if verb == "page":
        return edits.set_page(value_of(PageShape, typed, path="p", before=before.content)), PAGE
    if verb == "add":
        return edits.add_block(_new_block(block), after=typed.get("after") or None), "order"
    old = edits.block_of(before.content, block)
    if verb == "fields":
        kind = blocks().get(old["type"])
        if kind is None:
            raise NotFound("This kind of block is not known here.")
        return edits.set_block(block, value_of(kind.shape, typed, path="b", before=old)), f"block:{block}"
    place = [one["id"] for one in before.content["blocks"]].index(block)
    steps: dict[str, edits.Edit] = {
        "up": edits.move_block(block, to=place - 1),
        "down": edits.move_block(block, to=place + 1),
        "to": edits.move_block(block, to=int(typed["to"]) if typed.get("to", "").isdigit() else place),
        "remove": edits.remove_block(block),
        "duplicate": edits.duplicate_block(block),
        "hide": edits.hide_block(block, hidden=True),
        "show": edits.hide_block(block, hidden=False),
    }
    if verb not in steps:
        raise Invalid("There is no such step.")
    return steps[verb], "order" if verb in {"up", "down", "to"} else f"block:{block}"


def chosen_of(current: Draft, wanted: str) -> str:
    """A block that is there, else the first one."""
    ids = [block["id"] for block in current.content["blocks"]]
    return wanted if wanted in ids or wanted == PAGE else ids[0]


def chosen_after(before: Draft, made: Draft, verb: str, block: str) -> str:
    """Something new is chosen at once."""
    if verb in {"add", "duplicate"}:
        old = {one["id"] for one in before.content["blocks"]}
        return next((one["id"] for one in made.content["blocks"] if one["id"] not in old), block)
    return PAGE if verb == "page" else chosen_of(made, block)


def done_in_words(made: Draft, verb: str, block: str) -> str:
    """What was done, for the line that offers to undo it; empty for what speaks for itself."""
    kinds = {one["id"]: blocks().get(one["type"]) for one in made.content["blocks"]}
    kind = kinds.get(block)
    said = DONE.get(verb, "")
    return _(said, name=_(kind.label) if kind else "") if said else ""


def _new_block(name: str) -> dict[str, Any]:
    kind = blocks().get(name)
    if kind is None:
        raise NotFound("This kind of block is not known here.")
    return dict(kind.example)
