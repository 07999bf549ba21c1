"""Apply a site file: all of it or, with file, line, path and what is allowed, nothing of it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from pydantic import BaseModel, ValidationError, create_model
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AliasToken, ScalarToken, TagToken

from capture.core.clock import now
from capture.core.errors import Invalid
from capture.core.transactions import again_if_raced, transaction
from capture.settings import Settings
from capture.sites import revision
from capture.sites.section import Problem, Section, Strict, Work

LARGEST_BYTES = 5_000_000
HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def apply_file(path: Path, sections: Sequence[Section]) -> list[str]:
    """Apply one file in one transaction. Returns what changed; raises Invalid, one line a problem."""
    tree = _read(path)
    shape = _shaped(path, tree, sections)
    return _written(path, tree, shape, sections)


@again_if_raced
def _written(path: Path, tree: Any, shape: BaseModel, sections: Sequence[Section]) -> list[str]:
    settings: Settings = current_app.config["SETTINGS"]
    with transaction() as write:
        work = Work(
            write=write,
            now=now(),
            folder=path.parent.resolve(),
            instance=settings.instance,
            egress_allow=settings.egress_allow,
            environment=os.environ,
        )
        for section in sorted(sections, key=lambda one: one.position):
            part = getattr(shape, section.name)
            if (part is not None or section.always) and (work.site_id or section.position == 0):
                section.apply(work, part)
        if work.problems:
            raise Invalid("\n".join(_line(path, tree, problem) for problem in work.problems))
        if work.changes:
            revision.move(write)
    return work.changes


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
    yaml.max_depth = 60
    try:
        _refuse_indirection(path, text)
        return yaml.load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Invalid(f"{path}:{line}: {error.problem}") from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise Invalid(f"{path}:1: this is not YAML ({str(error).splitlines()[0]})") from error


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
        problems = [Problem(_location(one, tree), _allowed(one, whole)) for one in error.errors()]
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


def _location(error: Any, tree: Any) -> tuple[str | int, ...]:
    """Pydantic's path without the names of union members, which are not in the file."""
    found: list[str | int] = []
    loc = error["loc"]
    for step in loc:
        if isinstance(tree, CommentedMap) and step in tree or isinstance(tree, CommentedSeq) and isinstance(step, int):
            tree = tree[step]
            found.append(step)
    if error["type"] == "missing":
        found.append(loc[-1])
    return tuple(found)


def _allowed(error: Any, whole: type[BaseModel]) -> str:
    kind, message = error["type"], str(error["msg"])
    if kind == "extra_forbidden":
        return f"unknown name; allowed are {', '.join(_names(whole, error['loc'][:-1]))}"
    if kind == "missing":
        return "this is required"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    if kind == "string_pattern_mismatch":
        return "small letters, digits and -, 1 to 64 characters" if error["loc"][-1] == "slug" else message
    return message[0].lower() + message[1:]


def _names(model: Any, loc: Sequence[str | int]) -> list[str]:
    """The names that a shape allows at a path, found by walking the annotations."""
    for step in loc:
        if isinstance(step, int):
            continue
        fields = getattr(model, "model_fields", None)
        if fields is None or step not in fields:
            continue
        model = _model_in(fields[step].annotation) or model
    return sorted(field.alias or name for name, field in getattr(model, "model_fields", {}).items())


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _model_in(part)
        if found:
            return found
    return None


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
