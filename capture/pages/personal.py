"""Words from the visitor's address in a marketer's text: `{{ param.city | your town }}`.

The page is the same for everybody, so the server writes the fallback and marks the place, and the browser fills it.
It is a pattern in a text, never a template: whatever else stands in braces is shown as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

PLACE = re.compile(r"\{\{\s*param\.([a-z][a-z0-9_]{0,30})\s*(?:\|([^{}|<>]{0,80}))?\}\}")


class Personal(str):
    """A text with such places: as text it has the fallbacks, as HTML also the places."""

    html: Markup

    def __html__(self) -> str:
        return self.html


def personal(value: Any) -> Any:
    """Every text in a value that has places; anything else as it was."""
    if isinstance(value, Mapping):
        return {name: personal(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [personal(one) for one in value]
    if not isinstance(value, str) or isinstance(value, Markup) or not PLACE.search(value):
        return value
    made = Personal(plain(value))
    made.html = marked(value)
    return made


def is_personal(value: Any) -> bool:
    """Whether a text somewhere in the value has such a place."""
    if isinstance(value, Mapping):
        return any(is_personal(one) for one in value.values())
    if isinstance(value, list | tuple):
        return any(is_personal(one) for one in value)
    return isinstance(value, str) and PLACE.search(value) is not None


def plain(text: str) -> str:
    """With the fallbacks alone, for titles and attributes."""
    return PLACE.sub(lambda found: (found[2] or "").strip(), str(text))


def marked(text: str) -> Markup:
    """The text as HTML, each place marked for the browser."""
    parts, end = [], 0
    for found in PLACE.finditer(text):
        parts += [escape(text[end : found.start()]), place_of(found[1], (found[2] or "").strip())]
        end = found.end()
    return Markup().join([*parts, escape(text[end:])])


def place_of(name: str, fallback: str) -> Markup:
    return Markup('<span data-param="{}">{}</span>').format(name, fallback)
