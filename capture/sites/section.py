"""The contract of a section of the site file: what it looks like, and how it is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from sqlalchemy import Connection, select

from capture.core.db import Base

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

    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


def _not_reserved(slug: str) -> str:
    if slug in RESERVED_SLUGS:
        raise ValueError(f"{slug!r} is reserved")
    return slug


def _moment(value: Any) -> datetime:
    """YAML may already have read it as a time; a time without a zone is refused."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("a time such as `2026-12-31T23:59:59+07:00`") from None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("a time with its zone, such as `2026-12-31T23:59:59+07:00`")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time between the years 1 and 9999") from None


Moment = Annotated[datetime, BeforeValidator(_moment)]
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
    """One file, or one item of it, being applied: the open transaction, the site, what was agreed on so far.

    `folder` is where the files lie that it names; None where it comes from no file. `actor` is who applies it.
    `prepared` is what sections made beforehand, by their names.
    """

    write: Connection
    now: datetime
    folder: Path | None
    instance: Path
    egress_allow: frozenset[str] = frozenset()
    environment: Mapping[str, str] = field(default_factory=dict)
    site_id: str = ""
    actor: str = "operator"
    is_rehearsal: bool = False
    prepared: Mapping[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)

    def refuse(self, path: tuple[str | int, ...], text: str) -> None:
        self.problems.append(Problem(path, text))

    def changed(self, what: str) -> None:
        self.changes.append(what)


def needed_by(work: Work, table: str, row_id: str) -> str | None:
    """What still points at a row and is not retired, in words: `page guide`. Higher rooms are asked by their tables."""
    for other in Base.metadata.sorted_tables:
        for key in other.foreign_keys:
            if key.column.table.name == table and {"retired_at", "slug"} <= set(other.columns.keys()):
                used = select(other.c.slug).where(key.parent == row_id, other.c.retired_at.is_(None)).limit(1)
                if slug := work.write.execute(used).scalar():
                    return f"{other.name} {slug}"
    return None


def answer_names(work: Work) -> frozenset[str] | None:
    """What conditions may call `answers.…`: fields of this site's forms, of earlier versions too; None if unknown."""
    if any(problem.path[0] == "forms" for problem in work.problems):
        return None
    form, version = (Base.metadata.tables[name] for name in ("form", "form_version"))
    rows = select(version.c.schema).join(form, form.c.id == version.c.form_id).where(form.c.site_id == work.site_id)
    found = {field["name"] for schema in work.write.execute(rows).scalars() for field in schema["fields"]}
    return frozenset(found | {"name", "company"})


@dataclass(frozen=True)
class Section:
    """`name` is its key in the file, `shape` its type, `apply` writes it and notes problems on the work.

    `export(read, site_id)` is the same value as `apply` takes it, None where there is nothing. `retire(work, key)` ends
    one item; a section without it is one document. `key` names an item. `always`: applied with None where the file
    has no such key. `example` is one item, or the document, as people read it in the API's description.
    `prepare(folder, site_id, value)` does what takes long, before the transaction. `files(read, site_id)` are the
    files that the section names, with their content. `unfinished(read, site_id)` are the keys of what people have begun
    and nobody sees yet: no part of a site, so `export` only says that it is there.
    """

    name: str
    shape: Any
    apply: Callable[[Work, Any], None]
    export: Callable[[Connection, str], Any]
    position: int
    retire: Callable[[Work, str], bool] | None = None
    key: str = "slug"
    always: bool = False
    example: Any = None
    prepare: Callable[[Path | None, str | None, Any], Any] | None = None
    files: Callable[[Connection, str], Iterable[tuple[str, bytes]]] | None = None
    unfinished: Callable[[Connection, str], Sequence[str]] | None = None

    @property
    def is_list(self) -> bool:
        return self.retire is not None

    @property
    def item_shape(self) -> Any:
        """The type of one item, or of the whole document."""
        return get_args(self.shape)[0] if self.is_list else self.shape
