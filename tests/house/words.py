"""Every fixed English text of the product, found in its source: in templates, in calls, and in tables of words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"_", "translated", "t", "translate"}
REFUSALS = {"NotFound", "NotAllowed", "Conflict"}
# Which arguments of what a room puts beside the doors are read by people.
SAID = {
    "Entry": slice(1, 2),
    "Action": slice(0, 1),
    "Finder": slice(0, 1),
    "Step": slice(1, 4),
    "Preset": slice(1, 3),
}
TABLES = {"DONE", "WORDS", "WHY", "GROUP_NAMES", "REASONS", "NOTES", "NAMES"}
# Tables whose words begin small, since they stand inside a sentence.
SMALL_TABLES = {"CHANNEL_WORDS", "OPERATOR_WORDS", "PURPOSE_WORDS", "EVENT_WORDS", "EVENT_HINTS", "LANGUAGE_WORDS"}
IN_TEMPLATE = re.compile(r"""(?<![\w.])_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
PLURAL = re.compile(r'ngettext\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*"((?:[^"\\]|\\.)*)"')


def fixed_texts() -> set[str]:
    """Message ids; the singular stands for a plural pair."""
    found: set[str] = set()
    for path in (ROOT / "templates").rglob("*"):
        if path.suffix in {".html", ".svg"}:
            text = path.read_text()
            found |= {one or other for one, other in IN_TEMPLATE.findall(text)}
            found |= {singular for singular, _plural in PLURAL.findall(text)}
    for folder in ("capture", "forms"):
        for path in (ROOT / folder).rglob("*.py"):
            if not _speaks_to_machines(path):
                found |= set(_in_code(ast.parse(path.read_text())))
    return {text.replace('\\"', '"') for text in found if text}


def _speaks_to_machines(path: Path) -> bool:
    """The API is described in English alone."""
    return path.name in {"api.py", "told.py"} or path.parent.name == "api"


def _in_code(tree: ast.AST) -> list[str]:
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            found += _in_call(node)
        elif isinstance(node, ast.Assign):
            names = {one.id for one in node.targets if isinstance(one, ast.Name)}
            found += _values(node.value) if names & TABLES else []
            found += _strings(node.value, keys=False) if names & SMALL_TABLES else []
            found += _second_of_pairs(node.value) if "SENTENCES" in names else []
            found += _first_of_pairs(node.value) if "GROUPS" in names else []
        elif isinstance(node, ast.ClassDef):
            found += _told_by_class(node)
    return found


def _in_call(node: ast.Call) -> list[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    texts = [one.value for one in node.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name in CALLS or name == "ngettext":
        return texts[:1]
    if name in REFUSALS:
        return [one for one in texts if " " in one]
    if name == "flash":
        return [one.value for arg in node.args[:1] for one in ast.walk(arg) if isinstance(one, ast.Constant)]
    if name == "Field":
        return [*_in_field(node), *_of_field(node)]
    if name in SAID:
        return texts[SAID[name]]
    if name == "problem_with" or name == "_asked":
        return []
    return []


def _in_field(node: ast.Call) -> list[str]:
    """What a form says of a field: its label, its help, the words of its choices."""
    found = []
    for keyword in node.keywords:
        if keyword.arg in {"title", "description"} and isinstance(keyword.value, ast.Constant):
            found.append(str(keyword.value.value))
        elif keyword.arg == "json_schema_extra" and isinstance(keyword.value, ast.Dict):
            found += _words_of_choices(keyword.value)
    return found


def _words_of_choices(extra: ast.Dict) -> list[str]:
    pairs = zip(extra.keys, extra.values, strict=True)
    words = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "words"]
    return [one.value for word in words if isinstance(word, ast.Dict) for one in word.values if _is_text(one)]  # type: ignore[attr-defined]


def _told_by_class(node: ast.ClassDef) -> list[str]:
    """The name of a block and what it is for."""
    told = [one for one in node.body if isinstance(one, ast.Assign) and _is_text(one.value)]
    return [one.value.value for one in told if getattr(one.targets[0], "id", "") in {"label", "about"}]  # type: ignore[attr-defined]


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def _values(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Dict):
        return []
    # The groups of facts are keys; words of other tables have small keys.
    found = [key.value for key in node.keys if isinstance(key, ast.Constant) and " " in str(key.value)]
    for value in node.values:
        found += [one.value for one in ast.walk(value) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return [one for one in found if " " in one or one[:1].isupper()]


def _of_field(node: ast.Call) -> list[str]:
    """What a shape says of its control: title, help, and the words of its choices."""
    given = {one.arg: one.value for one in node.keywords}
    told = [given[name] for name in ("title", "description") if name in given]
    found = [one.value for one in told if isinstance(one, ast.Constant)]
    extra = given.get("json_schema_extra")
    if isinstance(extra, ast.Dict):
        parts = {
            key.value: value
            for key, value in zip(extra.keys, extra.values, strict=True)
            if isinstance(key, ast.Constant)
        }
        for name in ("words", "hints", "nothing"):
            found += _strings(parts[name], keys=False) if name in parts else []
    return found


def _strings(node: ast.AST, *, keys: bool) -> list[str]:
    if isinstance(node, ast.Dict):
        return [text for value in node.values for text in _strings(value, keys=keys)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _second_of_pairs(node: ast.AST) -> list[str]:
    pairs = [one for one in ast.walk(node) if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    return [one.elts[1].value for one in pairs if isinstance(one.elts[1], ast.Constant)]


def _first_of_pairs(node: ast.AST) -> list[str]:
    pairs = [one for one in ast.walk(node) if isinstance(one, ast.Tuple) and len(one.elts) == 2]
    found = [one.elts[0].value for one in pairs if isinstance(one.elts[0], ast.Constant)]
    return [one for one in found if one[:1].isupper()]
