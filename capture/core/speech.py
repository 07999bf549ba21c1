"""Which language is being spoken: templates say `_('…')`, and the page around them decides the locale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from capture.core.texts import translations

_spoken: ContextVar[str] = ContextVar("spoken_locale", default="en")


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Everything that is rendered in the block is in `locale`."""
    token = _spoken.set(locale)
    try:
        yield
    finally:
        _spoken.reset(token)


def speak(locale: str) -> None:
    """For the rest of this request."""
    _spoken.set(locale)


def spoken() -> str:
    return _spoken.get()


def _(text: str, /, **values: Any) -> str:
    said = str(translations(spoken()).gettext(text))
    return said % values if values else said


def ngettext(one: str, many: str, number: int, /, **values: Any) -> str:
    said = str(translations(spoken()).ngettext(one, many, number))
    return said % {"num": number, **values} if "%(" in said else said
