"""What a marketer chooses of a theme, as values of its variables: one brand colour, and the rest is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def values_of(theme: str, brand: Mapping[str, Any] | None) -> str:
    """CSS that sets the theme's variables; empty where nothing was chosen."""
    return ""
