"""A drawing without anything that acts or fetches: only shapes, colours and words are written again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree

import tinycss2
from defusedxml.ElementTree import fromstring

LARGEST_BYTES, MOST_ELEMENTS, DEEPEST, MOST_USES = 400_000, 6_000, 40, 40
NAMESPACE = "http://www.w3.org/2000/svg"
LINK = "{http://www.w3.org/1999/xlink}href"
ELEMENTS = """svg g path rect circle ellipse line polyline polygon text tspan defs linearGradient radialGradient stop
    clipPath mask symbol use title desc"""
PAINT = """fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit
    stroke-dasharray stroke-dashoffset stroke-opacity opacity color stop-color stop-opacity clip-path clip-rule mask
    transform font-family font-size font-weight font-style letter-spacing text-anchor dominant-baseline display
    visibility paint-order vector-effect mix-blend-mode"""
SHAPE = """id class d x y x1 y1 x2 y2 cx cy r rx ry fx fy dx dy width height viewBox points offset gradientUnits
    gradientTransform spreadMethod clipPathUnits maskUnits maskContentUnits preserveAspectRatio"""
ALLOWED, PAINTED = frozenset(ELEMENTS.split()), frozenset(PAINT.split())
WRITTEN = PAINTED | frozenset(SHAPE.split()) - {"class"}
HARMLESS = re.compile(r"(?:[\w\s.,%()#'+*/:;-]|&quot;)*", re.ASCII)
FETCHING = re.compile(r"(?:url|image|src|expression)\s*\((?!\s*['\"]?#[\w.-]+['\"]?\s*\))|\\|[a-z]+:|//", re.IGNORECASE)
NUMBER = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)(?:px)?\s*")
REFUSAL = "this drawing cannot be used: "


def sanitised(data: bytes) -> tuple[bytes, int, int]:
    """The drawing as it may be served, and its size in pixels; raises ValueError where nothing is left."""
    root = _read(data)
    found = list(root.iter())
    if len(found) > MOST_ELEMENTS:
        raise ValueError(f"{REFUSAL}more than {MOST_ELEMENTS:,} shapes")
    rules = _rules(found)
    clean = _clean(root, rules, 0)
    if clean is None:
        raise ValueError(f"{REFUSAL}it is no SVG")
    _refuse_repetition(clean)
    width, height = _size(root)
    clean.set("width", str(width))
    clean.set("height", str(height))
    if "viewBox" not in clean.attrib:
        clean.set("viewBox", f"0 0 {width} {height}")
    clean.set("xmlns", NAMESPACE)
    return ElementTree.tostring(clean, encoding="utf-8"), width, height


def _read(data: bytes) -> ElementTree.Element:
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"{REFUSAL}at most {LARGEST_BYTES // 1000} KB")
    try:
        root: ElementTree.Element = fromstring(data)
    except Exception as error:  # entities, broken markup, foreign encodings: the parser has a name for each
        raise ValueError(f"{REFUSAL}it is no plain XML") from error
    return root


def _clean(
    element: ElementTree.Element, rules: Mapping[str, Mapping[str, str]], depth: int
) -> ElementTree.Element | None:
    name = _local(element.tag)
    if name not in ALLOWED or depth > DEEPEST:
        return None
    kept = ElementTree.Element(name, dict(_attributes(element, name, rules)))
    kept.text, kept.tail = (element.text, element.tail) if name in {"text", "tspan", "title", "desc"} else (None, None)
    kept.extend(one for child in element if (one := _clean(child, rules, depth + 1)) is not None)
    return kept


def _attributes(
    element: ElementTree.Element, name: str, rules: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Attributes, then what classes and `style` say of the paint: all of it as plain attributes."""
    for key, value in element.attrib.items():
        local = "href" if key in {"href", LINK} else key
        if local == "href":
            if name in {"use", "linearGradient", "radialGradient"} and re.fullmatch(r"#[\w.-]+", value):
                yield "href", value
        elif local in WRITTEN and _is_harmless(value):
            yield local, value
    painted: dict[str, str] = {}
    for one in element.get("class", "").split():
        painted |= rules.get(one, {})
    painted |= _declared(element.get("style", ""))
    yield from painted.items()


def _rules(found: list[ElementTree.Element]) -> dict[str, dict[str, str]]:
    """Paint by class, as drawing programs write it in a style element: `.cls-1, .cls-2 { fill: #fff }`."""
    rules: dict[str, dict[str, str]] = {}
    for element in found:
        if _local(element.tag) != "style":
            continue
        for rule in tinycss2.parse_stylesheet(element.text or "", skip_comments=True, skip_whitespace=True):
            if rule.type == "qualified-rule":
                for one in tinycss2.serialize(rule.prelude).split(","):
                    if re.fullmatch(r"\.[\w-]+", one.strip()):
                        rules.setdefault(one.strip()[1:], {}).update(_declared(tinycss2.serialize(rule.content)))
    return rules


def _declared(text: str) -> dict[str, str]:
    found: Any = tinycss2.parse_blocks_contents(text, skip_comments=True, skip_whitespace=True)
    told = {one.lower_name: tinycss2.serialize(one.value).strip() for one in found if one.type == "declaration"}
    return {name: value for name, value in told.items() if name in PAINTED and _is_harmless(value)}


def _is_harmless(value: str) -> bool:
    return bool(HARMLESS.fullmatch(value)) and not FETCHING.search(value)


def _refuse_repetition(root: ElementTree.Element) -> None:
    """A `use` of what itself uses something multiplies: a few lines would be a million shapes."""
    uses = [one for one in root.iter("use")]
    using = {one.get("id") for one in root.iter() if one.get("id") and next(one.iter("use"), None) is not None}
    if len(uses) > MOST_USES or any(one.get("href", "#")[1:] in using for one in uses):
        raise ValueError(f"{REFUSAL}it repeats itself too often")


def _size(root: ElementTree.Element) -> tuple[int, int]:
    box = [float(one) for one in re.findall(r"-?\d{1,6}(?:\.\d{1,6})?", root.get("viewBox", ""))]
    sides = [NUMBER.fullmatch(root.get(side, "")) for side in ("width", "height")]
    found = [float(one[1]) for one in sides if one] if all(sides) else box[2:4]
    if len(found) != 2 or min(found) < 1:
        raise ValueError(f"{REFUSAL}it says no width and height")
    return round(found[0]), round(found[1])


def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2] if isinstance(tag, str) else ""
