"""A text is a string, or a map of locales to strings."""

from __future__ import annotations

from collections.abc import Mapping

Text = str | Mapping[str, str] | None


def in_locale(text: Text, locale: str) -> str:
    """The text in `locale`; else in English; else in whatever language there is."""
    if text is None:
        return ""
    if isinstance(text, str):
        return text
    return text.get(locale) or text.get("en") or next((value for value in text.values() if value), "")
