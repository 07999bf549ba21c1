"""The contract of a section of the site file: what it looks like, and how it is applied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from sqlalchemy import Connection

RESERVED_SLUGS = frozenset(
    [
        "f",
        "t",
        "t.js",
        "d",
        "in",
        "embed",
        "thanks",
        "api",
        "console",
        "static",
        "healthz",
        "readyz",
        "metrics",
        "robots.txt",
        "sitemap.xml",
        "vi",
        "en",
    ]
)


class Strict(BaseModel):
    """A part of the site file: an unknown name is an error, and a text is not silently made a number."""

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


def _not_reserved(slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise ValueError(f"{slug!r} is reserved")
    return slug


Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$"),
    AfterValidator(_not_reserved),
]
LocaleText = str | dict[Literal["vi", "en"], str]


@dataclass(frozen=True)
class Problem:
    """Something that cannot be applied: where in the file, and what is allowed."""

    path: tuple[str | int, ...]
    text: str


@dataclass
class Work:
    """One file being applied: the open transaction, the site, what the sections have agreed on so far."""

    write: Connection
    now: datetime
    folder: Path
    instance: Path
    egress_allow: frozenset[str] = frozenset()
    environment: Mapping[str, str] = field(default_factory=dict)
    site_id: str = ""
    problems: list[Problem] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)

    def refuse(self, path: tuple[str | int, ...], text: str) -> None:
        self.problems.append(Problem(path, text))

    def changed(self, what: str) -> None:
        self.changes.append(what)


@dataclass(frozen=True)
class Section:
    """`name` is its key in the file, `shape` its type, `apply` writes it and notes problems on the work.

    `always`: applied with None where the file has no such key.
    """

    name: str
    shape: Any
    apply: Callable[[Work, Any], None]
    position: int
    always: bool = False
