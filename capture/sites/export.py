"""A site as its file: the same values that `apply` takes, in the order in which people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import LiteralScalarString
from sqlalchemy import Connection

from capture.sites.section import Section

WIDTH = 140
SHORT = 110
SITE_FILE = "site.yaml"
FIRST = ("type", "fact", "vi")


def exported(read: Connection, site_id: str, sections: Sequence[Section]) -> dict[str, Any]:
    """Every section that has something to say, secrets as `env:` or `stored`."""
    found = {one.name: one.export(read, site_id) for one in sorted(sections, key=lambda one: one.position)}
    return {name: value for name, value in found.items() if value}


def text_of(configuration: Mapping[str, Any]) -> str:
    """As YAML: short maps on one line, long texts as blocks."""
    yaml = YAML(typ="rt", pure=True)
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    zone = ZoneInfo(str(configuration.get("site", {}).get("timezone", "UTC")))
    out = StringIO()
    yaml.dump(_pretty(dict(configuration), zone, depth=0), out)
    return out.getvalue()


def files_of(read: Connection, site_id: str, sections: Sequence[Section]) -> Iterator[tuple[str, bytes]]:
    """Every file that the site file names, with its content."""
    for section in sections:
        if section.files is not None:
            yield from section.files(read, site_id)


def write_beside(folder: Path, text: str, files: Iterable[tuple[str, bytes]]) -> int:
    """The site file and what it names, below one folder; returns how many files stand beside it."""
    root, count = folder.resolve(), 0
    root.mkdir(parents=True, exist_ok=True)
    (root / SITE_FILE).write_text(text, encoding="utf-8")
    for name, body in files:
        path = (root / name).resolve()
        if path.is_relative_to(root):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            count += 1
    return count


def plain(value: Any) -> Any:
    """As JSON can hold it: times as ISO-8601 in UTC."""
    if isinstance(value, Mapping):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _pretty(value: Any, zone: ZoneInfo, *, depth: int) -> Any:
    if isinstance(value, Mapping):
        made = CommentedMap((name, _pretty(value[name], zone, depth=depth + 1)) for name in _as_people_say(value))
        if depth > 0 and _is_short(value):
            made.fa.set_flow_style()
        return made
    if isinstance(value, list | tuple):
        listed = CommentedSeq(_pretty(one, zone, depth=depth + 1) for one in value)
        if not any(isinstance(one, Mapping | list) for one in value):
            listed.fa.set_flow_style()
        return listed
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _as_people_say(names: Iterable[str]) -> list[str]:
    """What tells the kind of a thing first, Vietnamese before English; PostgreSQL keeps no order of its own."""
    return sorted(names, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))


def _is_short(value: Mapping[str, Any]) -> bool:
    """Fits on a line, and holds no text of several lines."""
    plain = repr(dict(value))
    return len(plain) <= SHORT and "\\n" not in plain
