"""A page's own CSS, cleaned: it changes the inside of its page, fetches nothing, and cannot hide what went wrong.

What is not known to be harmless is refused. Rules are written again from their tokens (CSS Syntax Level 3), so that
nothing passes that was not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import tinycss2

LARGEST_CHARACTERS = 20_000
DEEPEST = 24
INSIDE = "main"
AROUND_RULES = {"media", "supports", "container"}
KEYFRAMES = {"keyframes", "-webkit-keyframes"}
HARMLESS = """var calc min max clamp round mod rem abs sign sin cos tan asin acos atan atan2 pow sqrt hypot log exp env
    rgb rgba hsl hsla hwb lab lch oklab oklch color color-mix light-dark
    linear-gradient radial-gradient conic-gradient repeating-linear-gradient repeating-radial-gradient
    repeating-conic-gradient translate translatex translatey translatez translate3d scale scalex scaley scalez scale3d
    rotate rotatex rotatey rotatez rotate3d skew skewx skewy matrix matrix3d perspective
    blur brightness contrast drop-shadow grayscale hue-rotate invert opacity saturate sepia
    cubic-bezier steps linear circle ellipse inset polygon path rect xywh repeat minmax fit-content counter counters
"""
FUNCTIONS = frozenset(HARMLESS.split())
REFUSED_PROPERTIES = {"behavior", "-moz-binding", "src", "unicode-range"}
# A page can look as it likes; that something is wrong, and where the keyboard is, stays visible.
KEPT_VARIABLES = {"--bad", "--bad-soft", "--focus"}
KEPT_CLASSES, KEPT_STATES = {"error", "summary", "trap", "consent"}, {"focus", "focus-visible", "focus-within"}
IMAGE = re.compile(r"data:image/(?:png|jpeg|webp|avif);base64,[A-Za-z0-9+/]+={0,2}")
SHOWN = (
    "color:var(--bad)!important;visibility:visible!important;opacity:1!important;position:static!important;"
    "transform:none!important;clip-path:none!important"
)
# The consent banner stands outside of `main`, which is a layer below it: nothing inside can cover it.
GUARD = (
    "main{isolation:isolate!important;z-index:0!important}"
    ":root{--focus:var(--link)}"
    "main :focus-visible{outline:3px solid var(--focus)!important;outline-offset:2px!important}"
    f"main .error:not([hidden]){{display:flex!important;{SHOWN}}}"
    f"main .summary:not([hidden]){{display:block!important;{SHOWN}}}"
)


@lru_cache(maxsize=256)
def cleaned(css: str) -> str:
    """What may stand in the page's style element; empty for empty."""
    return _Cleaner(css).text if css.strip() else ""


def refused(css: str) -> list[str]:
    """What is wrong with it, each with its line; nothing of it would reach a visitor."""
    return _Cleaner(css).problems


def sandboxed(css: str) -> str:
    """For a shape: the CSS itself, or a ValueError that names the lines."""
    if problems := refused(css):
        raise ValueError("; ".join(problems[:8]))
    return css


class _Refused(Exception):
    """This rule or declaration is left out."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")


class _Cleaner:
    def __init__(self, css: str) -> None:
        self.problems: list[str] = []
        if len(css) > LARGEST_CHARACTERS:
            self.problems.append(f"at most {LARGEST_CHARACTERS:,} characters")
            self.text = ""
            return
        rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        text = "".join(self._rules(rules, 0)) + GUARD
        self.text = text if "</" not in text else GUARD

    def _rules(self, rules: Iterable[Any], depth: int) -> Iterator[str]:
        for rule in rules:
            try:
                yield self._rule(rule, depth)
            except _Refused as refusal:
                self.problems.append(str(refusal))

    def _rule(self, rule: Any, depth: int) -> str:
        if rule.type == "qualified-rule":
            selectors = ",".join(_inside(one, rule.source_line) for one in _separated(rule.prelude))
            return f"{selectors}{{{self._declarations(rule.content)}}}"
        if rule.type == "at-rule":
            return self._at_rule(rule, depth)
        raise _Refused(rule.source_line, f"this cannot be read ({getattr(rule, 'message', rule.type)})")

    def _at_rule(self, rule: Any, depth: int) -> str:
        name = rule.lower_at_keyword
        if rule.content is None or name not in AROUND_RULES | KEYFRAMES or depth > 4:
            raise _Refused(rule.source_line, f"@{name} is not allowed here")
        inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
        found = self._keyframes(inner) if name in KEYFRAMES else self._rules(inner, depth + 1)
        return f"@{name} {_text(rule.prelude, rule.source_line)}{{{''.join(found)}}}"

    def _keyframes(self, rules: Iterable[Any]) -> Iterator[str]:
        for rule in rules:
            try:
                if rule.type != "qualified-rule":
                    raise _Refused(rule.source_line, "a step of an animation is a percentage with its rules")
                yield f"{_text(rule.prelude, rule.source_line)}{{{self._declarations(rule.content)}}}"
            except _Refused as refusal:
                self.problems.append(str(refusal))

    def _declarations(self, content: Sequence[Any]) -> str:
        return ";".join(self._kept(tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)))

    def _kept(self, found: Iterable[Any]) -> Iterator[str]:
        for one in found:
            try:
                yield _declaration(one)
            except _Refused as refusal:
                self.problems.append(str(refusal))


def _declaration(one: Any) -> str:
    if one.type != "declaration":
        raise _Refused(one.source_line, "only `property: value;` is allowed between braces")
    name = one.name if one.name.startswith("--") else one.lower_name
    if one.important:
        raise _Refused(one.source_line, f"!important is not allowed ({name})")
    if name in REFUSED_PROPERTIES:
        raise _Refused(one.source_line, f"{name} is not allowed")
    if name in KEPT_VARIABLES:
        raise _Refused(one.source_line, f"{name} belongs to errors and to the keyboard, and stays as it is")
    written = tinycss2.serialize([tinycss2.ast.IdentToken(0, 0, name)])
    return f"{written}:{_text(one.value, one.source_line)}"


def _inside(selector: Sequence[Any], line: int) -> str:
    """The selector below `main`; `:root` and `main` are `main` itself."""
    tokens = _trimmed(selector)
    if not tokens:
        raise _Refused(line, "a rule needs a selector before its brace")
    _refuse_kept(tokens, line)
    text = _text(tokens, line, in_selector=True)
    if text in {":root", INSIDE}:
        return INSIDE
    if _begins_inside(tokens):
        tokens = _trimmed(tokens[1:])
        text = _text(tokens, line, in_selector=True)
    if tokens[0].type == "literal" and tokens[0].value in {"+", "~", "|", "&"}:
        raise _Refused(line, f"a selector cannot begin with {tokens[0].value}")
    return f"{INSIDE} {text}"


def _begins_inside(tokens: Sequence[Any]) -> bool:
    """`main .card` and `main > .card` say already what would be put before them."""
    if len(tokens) < 2 or tokens[0].type != "ident" or tokens[0].lower_value != INSIDE:
        return False
    return bool(tokens[1].type == "whitespace" or (tokens[1].type == "literal" and tokens[1].value == ">"))


def _refuse_kept(tokens: Sequence[Any], line: int) -> None:
    for before, one in zip([None, *tokens], tokens, strict=False):
        sign = before.value if before is not None and before.type == "literal" else ""
        if one.type == "ident" and (
            (sign == "." and one.value in KEPT_CLASSES) or (sign == ":" and one.lower_value in KEPT_STATES)
        ):
            raise _Refused(
                line, f"{sign}{one.value} belongs to errors, the keyboard or the consent, and stays as it is"
            )
        if one.type == "[] block" and any(
            part.type == "ident" and part.lower_value == "aria-invalid" for part in one.content
        ):
            raise _Refused(line, "[aria-invalid] belongs to errors, and stays as it is")
        if one.type == "function":
            _refuse_kept(one.arguments, line)
        if one.type == "literal" and one.value == "&":
            raise _Refused(line, "a rule inside another rule is not allowed")


def _text(tokens: Sequence[Any], line: int, *, in_selector: bool = False) -> str:
    """The tokens as text again, each of them known to be harmless."""
    return "".join(_written(one, line, in_selector, 0) for one in tokens).strip()


def _written(token: Any, line: int, in_selector: bool, depth: int) -> str:
    if depth > DEEPEST:
        raise _Refused(line, "too many brackets in each other")
    match token.type:
        case "comment" | "whitespace":
            return " "
        case "string":
            return _string(token)
        case "url":
            return _image(token.value, line)
        case "function":
            return _function(token, line, in_selector, depth)
        case "() block" | "[] block":
            inner = "".join(_written(one, line, in_selector, depth + 1) for one in token.content)
            return f"({inner})" if token.type[0] == "(" else f"[{inner}]"
        case "ident" | "hash" | "number" | "percentage" | "dimension" | "literal" | "unicode-range":
            return str(tinycss2.serialize([token]))
    raise _Refused(line, f"this cannot be read ({token.type})")


def _function(token: Any, line: int, in_selector: bool, depth: int) -> str:
    name = token.lower_name
    if name == "url" and not in_selector:
        return _image("".join(one.value for one in token.arguments if one.type == "string"), line)
    if not in_selector and name not in FUNCTIONS:
        raise _Refused(line, f"{name}() is not allowed")
    inner = "".join(_written(one, line, in_selector, depth + 1) for one in token.arguments)
    return f"{tinycss2.serialize([tinycss2.ast.IdentToken(0, 0, token.name)])}({inner})"


def _image(address: str, line: int) -> str:
    if not IMAGE.fullmatch(address):
        raise _Refused(line, "url() may only hold a picture itself: data:image/png, jpeg, webp or avif in base64")
    return f'url("{address}")'


def _string(token: Any) -> str:
    """`<` as an escape: nothing in the text can end the style element."""
    shown = (f"\\{ord(one):x} " if one in '"\\<>' or ord(one) < 32 else one for one in token.value)
    return f'"{"".join(shown)}"'


def _separated(tokens: Sequence[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for one in tokens:
        if one.type == "literal" and one.value == ",":
            parts.append([])
        else:
            parts[-1].append(one)
    return parts


def _trimmed(tokens: Sequence[Any]) -> list[Any]:
    kept = list(tokens)
    while kept and kept[0].type in {"whitespace", "comment"}:
        kept.pop(0)
    while kept and kept[-1].type in {"whitespace", "comment"}:
        kept.pop()
    return kept
