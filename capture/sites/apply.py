"""Apply a site file: all of it or, with file, line, path and what is allowed, nothing of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from pydantic import BaseModel, ValidationError, create_model
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AliasToken, ScalarToken, TagToken
from sqlalchemy import Connection, select

from capture.accounts.audit import note
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import Invalid
from capture.core.transactions import again_if_raced, transaction
from capture.settings import Settings
from capture.sites import revision
from capture.sites.export import exported, text_of
from capture.sites.models import Site
from capture.sites.refusals import problems_in
from capture.sites.section import Problem, Section, Strict, Work
from capture.sites.trail import items_of, note_changes

LARGEST_BYTES = 5_000_000
DEEPEST = 60
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Applied:
    """What changed, a line each; `before` and `after` are the whole configuration as text when it was rehearsed."""

    changes: list[str] = field(default_factory=list)
    before: str = ""
    after: str = ""


class _Rehearsed(Exception):
    """Everything was tried and nothing shall stay."""

    def __init__(self, applied: Applied) -> None:
        super().__init__()
        self.applied = applied


def apply_file(path: Path, sections: Sequence[Section], *, prune: bool = False, actor: str = "operator") -> list[str]:
    """Apply one file in one transaction. Returns what changed; raises Invalid, one line a problem.

    `prune` retires what the file doesn't name. `actor` did it, as the audit log says.
    """
    tree = _read(path)
    shape = _shaped(path, tree, sections)
    return _written(path, tree, shape, sections, prune=prune, rehearse=False, actor=actor).changes


def rehearse_file(path: Path, sections: Sequence[Section], *, prune: bool = False) -> Applied:
    """The same without a trace: what would change, and the configuration before and after."""
    tree = _read(path)
    try:
        return _written(path, tree, _shaped(path, tree, sections), sections, prune=prune, rehearse=True)
    except _Rehearsed as end:
        return end.applied


@again_if_raced
def _written(
    path: Path,
    tree: Any,
    shape: BaseModel,
    sections: Sequence[Section],
    *,
    prune: bool,
    rehearse: bool,
    actor: str = "operator",
) -> Applied:
    prepared = _prepared(path.parent.resolve(), shape, sections)
    with transaction() as write:
        work = new_work(write, folder=path.parent.resolve(), actor=actor, is_rehearsal=rehearse, prepared=prepared)
        ordered, known = sorted(sections, key=lambda one: one.position), _known_site(write, shape)
        before = text_of(exported(write, known, ordered)) if rehearse and known else ""
        items = {} if rehearse else items_of(write, known, ordered)
        for section in ordered:
            part = getattr(shape, section.name)
            if (part is not None or section.always) and (work.site_id or section.position == 0):
                section.apply(work, part)
        if prune and not work.problems:
            _prune(work, shape, ordered)
        if work.problems:
            raise Invalid("\n".join(_line(path, tree, problem) for problem in work.problems))
        if rehearse:
            raise _Rehearsed(Applied(work.changes, before, text_of(exported(write, work.site_id, ordered))))
        if work.changes:
            revision.move(write)
            details = {"changes": work.changes, "prune": prune}
            note(write, actor, "site.file", subject=shape.site.slug, at=work.now, details=details)  # type: ignore[attr-defined]
            note_changes(work, ordered, items)
    return Applied(work.changes)


def _prepared(folder: Path, shape: BaseModel, sections: Sequence[Section]) -> dict[str, Any]:
    """What takes long is done while nobody waits for the database."""
    site_id = db.session.execute(select(Site.id).where(Site.slug == shape.site.slug)).scalar()  # type: ignore[attr-defined]
    parts = ((one, getattr(shape, one.name)) for one in sections)
    return {one.name: one.prepare(folder, site_id, part) for one, part in parts if one.prepare and part is not None}


def new_work(write: Any, *, folder: Path | None, site_id: str = "", actor: str = "operator", **more: Any) -> Work:
    """The work of applying something, as this installation allows it."""
    settings: Settings = current_app.config["SETTINGS"]
    return Work(
        write=write,
        now=now(),
        folder=folder,
        instance=settings.instance,
        egress_allow=settings.egress_allow,
        environment=settings.hooks,
        site_id=site_id,
        actor=actor,
        **more,
    )


def _known_site(read: Connection, shape: BaseModel) -> str:
    """The id of the file's site; nothing where it is new."""
    return read.execute(select(Site.id).where(Site.slug == shape.site.slug)).scalar() or ""  # type: ignore[attr-defined]


def _prune(work: Work, shape: BaseModel, sections: Sequence[Section]) -> None:
    """From the pages down to the forms, so that nothing is retired under what still needs it."""
    for section in reversed(sections):
        if section.retire is None:
            continue
        named = {getattr(one, section.key) for one in getattr(shape, section.name) or ()}
        for one in section.export(work.write, work.site_id) or ():
            if one[section.key] not in named:
                section.retire(work, one[section.key])


def _read(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise Invalid(f"{path}: the file is larger than {LARGEST_BYTES:,} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise Invalid(f"{path}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Invalid(f"{path}: the file is not UTF-8 (byte {error.start})") from error
    return _parsed(path, text)


def _parsed(path: Path, text: str) -> Any:
    yaml = YAML(typ="rt", pure=True)
    yaml.max_depth = DEEPEST
    try:
        _refuse_indirection(path, text)
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Invalid(f"{path}:{line}: {_in_our_words(str(error.problem))}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise Invalid(f"{path}:1: {_in_our_words(f'this is not YAML ({str(error).splitlines()[0]})')}") from error


def _in_our_words(problem: str) -> str:
    return f"more than {DEEPEST} levels inside each other" if "max_depth" in problem else problem


def _refuse_indirection(path: Path, text: str) -> None:
    """A file says what it means: no aliases (they multiply), no tags (they make objects), no hidden characters."""
    for token in YAML(typ="rt", pure=True).scan(text):
        line = token.start_mark.line + 1
        if isinstance(token, AliasToken):
            raise Invalid(f"{path}:{line}: aliases are not used in a site file: write it out")
        if isinstance(token, TagToken):
            raise Invalid(f"{path}:{line}: tags (words with !) are not used in a site file")
        if isinstance(token, ScalarToken) and (HIDDEN.search(token.value)):
            raise Invalid(f"{path}:{line}: there is a character that cannot be stored; allowed are printable ones")


def _shaped(path: Path, tree: Any, sections: Sequence[Section]) -> BaseModel:
    parts: dict[str, Any] = {section.name: (section.shape | None, None) for section in sections}
    parts["site"] = (next(section.shape for section in sections if section.name == "site"), ...)
    whole = create_model("SiteFile", __base__=Strict, **parts)
    if not isinstance(tree, dict):
        raise Invalid(f"{path}:1: a site file begins with `site:`; allowed are {', '.join(parts)}")
    try:
        return whole.model_validate(_plain(tree))
    except ValidationError as error:
        problems = problems_in(error, tree, whole)
        raise Invalid("\n".join(dict.fromkeys(_line(path, tree, one) for one in problems))) from error


def _plain(tree: Any) -> Any:
    """Ruamel's types as the plain ones that a strict model takes."""
    if isinstance(tree, dict):
        return {_plain(key): _plain(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_plain(value) for value in tree]
    for plain in (bool, int, float, str):
        if isinstance(tree, plain):
            return plain(tree)
    return tree


def _line(path: Path, tree: Any, problem: Problem) -> str:
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in problem.path).lstrip(".")
    return f"{path}:{_line_number(tree, problem.path)}: {shown or 'file'}: {problem.text}"


def _line_number(tree: Any, path: tuple[str | int, ...]) -> int:
    line = 0
    for step in path:
        if isinstance(tree, CommentedMap) and step in tree:
            line = tree.lc.key(step)[0]
        elif isinstance(tree, CommentedSeq) and isinstance(step, int) and step < len(tree):
            line = tree.lc.item(step)[0]
        else:
            break
        tree = tree[step]
    return line + 1
