"""Pictures of a site as pages need them: every size and format that a browser may choose from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FOCALS = ("top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right")


@dataclass(frozen=True)
class PictureNow:
    """One picture. `sources` are (media type, srcset), best first; `src` is for browsers that know none of them.

    `focal` is one of FOCALS: the part that stays in sight where the frame has another shape.
    """

    name: str
    alt: Any
    width: int
    height: int
    sources: tuple[tuple[str, str], ...]
    src: str
    focal: str = "center"


def pictures_of(site_id: str) -> Mapping[str, PictureNow]:
    """By name."""
    return {}
