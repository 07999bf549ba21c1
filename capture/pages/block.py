"""The contract of a page block, and the register of all of them."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar

from capture.sites.section import Strict
from forms.texts import in_locale


class Block:
    """A piece of a page: what a marketer may set, and what its template is given.

    The template is `pages/blocks/<name>.html`; it reads `block`, whose texts are in the page's language.
    """

    name: ClassVar[str] = ""
    shape: ClassVar[type[Strict]] = Strict
    example: ClassVar[Mapping[str, Any]] = {}

    def shown(self, data: Mapping[str, Any], locale: str) -> dict[str, Any]:
        """What the template reads."""
        return {name: localised(value, locale) for name, value in data.items()}


_blocks: dict[str, Block] = {}
_loading = threading.RLock()


def register(block: type[Block]) -> type[Block]:
    """Class decorator; the same name twice stops the start."""
    if block.name in _blocks:
        raise RuntimeError(f"Two blocks are called {block.name!r}.")
    _blocks[block.name] = block()
    return block


def blocks() -> Mapping[str, Block]:
    """Every block by name."""
    with _loading:
        _load()
    return _blocks


@cache
def _load() -> None:
    import capture.pages.blocks

    for module in pkgutil.iter_modules(capture.pages.blocks.__path__):
        importlib.import_module(f"capture.pages.blocks.{module.name}")


def localised(value: Any, locale: str) -> Any:
    """A text in a locale; lists and maps of texts likewise."""
    if isinstance(value, Mapping):
        if value and set(value) <= {"vi", "en"}:
            return in_locale(value, locale)
        return {name: localised(one, locale) for name, one in value.items()}
    return [localised(one, locale) for one in value] if isinstance(value, list) else value
