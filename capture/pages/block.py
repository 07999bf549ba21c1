"""The contract of a page block, and the register of all of them."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from pydantic import Field

from capture.core.texts import moment
from capture.pages.pictures import PictureNow, pictures_of
from capture.sites.queries import SiteNow
from capture.sites.section import Strict
from forms.texts import in_locale


class BlockShape(Strict):
    """What every block has. `hidden` keeps it in the page and away from visitors."""

    hidden: bool = Field(default=False, title="Hidden", json_schema_extra={"control": "none"})


# Fields that name a picture; what a template reads there is a PictureNow, or None.
PICTURED = ("picture", "poster")


@dataclass(frozen=True)
class Place:
    """Where a block is shown: language, site, and the page around it. `at` is when the page is rendered, in UTC.

    In a preview whoever edits is told what visitors don't see. `stock` is of a coupon that is only imagined.
    """

    locale: str
    site: SiteNow | None
    at: datetime
    page: Any = None
    is_preview: bool = False
    stock: Any = None

    def picture(self, name: str | None) -> PictureNow | None:
        """With its text in the page's language."""
        found = pictures_of(self.site.id).get(name) if name and self.site else None
        return replace(found, alt=in_locale(found.alt, self.locale)) if found else None

    def words_of(self, at: datetime) -> str:
        """A moment in the site's time zone, in the page's language."""
        return moment(at, self.locale, self.site.timezone if self.site else "UTC")


class Block:
    """A piece of a page: what a marketer may set, and what its template is given.

    The template is `pages/blocks/<name>.html`; it reads `block`, whose texts are in the page's language. Rules of its
    own are in `static/pages/blocks/<name>.css`, a behaviour of its own in `<name>.js` beside it: only pages that have
    the block pay for them. `label` and `icon` are for the editor; `once` where a page has at most one. `spot` is where
    it stands: in the flow of the page, or at its `banner`, `call` or `foot`.
    """

    name: ClassVar[str] = ""
    label: ClassVar[str] = ""
    about: ClassVar[str] = ""
    icon: ClassVar[str] = "layout-grid"
    once: ClassVar[bool] = False
    spot: ClassVar[str] = "flow"
    shape: ClassVar[type[BlockShape]] = BlockShape
    example: ClassVar[Mapping[str, Any]] = {}

    def shown(self, data: Mapping[str, Any], place: Place) -> dict[str, Any]:
        """What the template reads."""
        return {name: pictured(localised(value, place.locale), place, name) for name, value in data.items()}

    def is_whole(self, shown: Mapping[str, Any]) -> bool:
        """Whether enough is there to be shown."""
        return True

    def allows(self, data: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
        """Whom the page's policy lets in for this block: hosts by directive."""
        return {}

    def linked(self, shown: Mapping[str, Any], place: Place) -> Mapping[str, Any] | None:
        """What search engines read of it, in the words of schema.org."""
        return None

    def words(self, data: Mapping[str, Any], locale: str) -> str:
        """A few words that tell this block from others, for lists."""
        for name in ("heading", "title", "text", "body"):
            if data.get(name):
                return str(in_locale(data[name], locale))
        return ""


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


def pictured(value: Any, place: Place, name: str = "") -> Any:
    """With the pictures themselves where their names stood."""
    if name in PICTURED and isinstance(value, str):
        return place.picture(value)
    if isinstance(value, Mapping):
        return {key: pictured(one, place, key) for key, one in value.items()}
    return [pictured(one, place) for one in value] if isinstance(value, list) else value


def pictures_in(value: Any, name: str = "") -> Iterator[str]:
    """The names of the pictures that a block's data asks for."""
    if name in PICTURED and isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from pictures_in(one, key)
    elif isinstance(value, list):
        for one in value:
            yield from pictures_in(one)
