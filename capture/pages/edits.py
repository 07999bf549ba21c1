"""What an editor does to a page, as functions from one content to the next. A block is found by its `id`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from capture.core.errors import Conflict, Invalid, NotFound

Content = Mapping[str, Any]
Edit = Callable[[Content], Content]
MOST_BLOCKS = 60


def with_ids(content: Content) -> dict[str, Any]:
    """A page of the site file as a draft: every block gets a name by which two editors mean the same one."""
    taken = {block["id"] for block in content["blocks"] if "id" in block}
    free = (name for number in range(1, 10_000) if (name := f"b{number}") not in taken)
    return {**content, "blocks": [{"id": block.get("id") or next(free), **block} for block in content["blocks"]]}


def without_ids(content: Content) -> dict[str, Any]:
    """A draft as the page of the site file."""
    return {**content, "blocks": [_bare(block) for block in content["blocks"]]}


def _bare(block: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if name != "id"}


def block_of(content: Content, block_id: str) -> Mapping[str, Any]:
    """Raises NotFound where somebody else removed it meanwhile."""
    return content["blocks"][_place(content, block_id)]


def set_block(block_id: str, values: Mapping[str, Any]) -> Edit:
    """Other texts in one block; what it is and whether it is hidden stays."""

    def edit(content: Content) -> Content:
        old = block_of(content, block_id)
        kept = {name: old[name] for name in ("id", "type", "hidden") if name in old}
        return _replaced(
            content, block_id, [{**kept, **{name: one for name, one in values.items() if name not in kept}}]
        )

    return edit


def set_page(values: Mapping[str, Any]) -> Edit:
    """The page's own settings; its blocks and its slug stay. What is None is unset."""

    def edit(content: Content) -> Content:
        kept = {"blocks": content["blocks"], "slug": content["slug"]}
        return {**{name: one for name, one in values.items() if one is not None}, **kept}

    return edit


def add_block(block: Mapping[str, Any], *, after: str | None = None) -> Edit:
    """A new block behind another one, or at the end (before a footer, which stays last)."""

    def edit(content: Content) -> Content:
        blocks = list(content["blocks"])
        if len(blocks) >= MOST_BLOCKS:
            raise Invalid(f"A page has at most {MOST_BLOCKS} blocks.")
        place = _place(content, after) + 1 if after else _end(blocks)
        return with_ids({**content, "blocks": [*blocks[:place], _bare(block), *blocks[place:]]})

    return edit


def duplicate_block(block_id: str) -> Edit:
    def edit(content: Content) -> Content:
        return add_block(block_of(content, block_id), after=block_id)(content)

    return edit


def remove_block(block_id: str) -> Edit:
    def edit(content: Content) -> Content:
        if len(content["blocks"]) == 1:
            raise Conflict("A page keeps at least one block.")
        return _replaced(content, block_id, [])

    return edit


def hide_block(block_id: str, *, hidden: bool) -> Edit:
    def edit(content: Content) -> Content:
        block = {name: one for name, one in block_of(content, block_id).items() if name != "hidden"}
        return _replaced(content, block_id, [{**block, "hidden": True} if hidden else block])

    return edit


def move_block(block_id: str, *, to: int) -> Edit:
    """To a place counted from 0; one that is out of range is the nearest end."""

    def edit(content: Content) -> Content:
        moved = block_of(content, block_id)
        others = [block for block in content["blocks"] if block["id"] != block_id]
        place = min(max(to, 0), len(others))
        return {**content, "blocks": [*others[:place], moved, *others[place:]]}

    return edit


def changed_places(before: Content, after: Content) -> list[str]:
    """Which blocks and settings differ, by block id or by name: what `3 changes` counts."""
    old = {block["id"]: block for block in before["blocks"]}
    new = {block["id"]: block for block in after["blocks"]}
    found = [one for one in {**old, **new} if old.get(one) != new.get(one)]
    if not found and [*old] != [*new]:
        found = ["order"]
    names = {*before, *after} - {"blocks"}
    return found + sorted(name for name in names if before.get(name) != after.get(name))


def _place(content: Content, block_id: str) -> int:
    for place, block in enumerate(content["blocks"]):
        if block["id"] == block_id:
            return place
    raise NotFound("This block is no longer there.")


def _replaced(content: Content, block_id: str, by: Sequence[Mapping[str, Any]]) -> Content:
    place = _place(content, block_id)
    return {**content, "blocks": [*content["blocks"][:place], *by, *content["blocks"][place + 1 :]]}


def _end(blocks: Sequence[Mapping[str, Any]]) -> int:
    return len(blocks) - 1 if blocks and blocks[-1]["type"] == "footer" else len(blocks)
