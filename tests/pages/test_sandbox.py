"""A page's own CSS: it fetches nothing, stays inside its page, and cannot hide what went wrong."""

from __future__ import annotations

import re

import pytest
import tinycss2
from hypothesis import given
from hypothesis import strategies as st

from capture.pages.sandbox import GUARD, cleaned, refused, sandboxed

FETCHING = [
    "@import url(https://evil.example/x.css);",
    '@import "https://evil.example/x.css";',
    ".a { background: url(https://evil.example/x.png) }",
    ".a { background: url('//evil.example/x') }",
    ".a { background: \\75 rl(https://evil.example) }",
    ".a { background: u\\72l(https://evil.example) }",
    ".a { background: URL(https://evil.example) }",
    ".a { background: image-set('https://evil.example/x' 1x) }",
    ".a { background: -webkit-image-set(url(https://evil.example) 1x) }",
    ".a { background: cross-fade(url(https://evil.example), red) }",
    ".a { background: url(data:image/svg+xml,<svg/onload=alert(1)>) }",
    ".a { background: url(data:text/html;base64,AAAA) }",
    ".a { cursor: url(https://evil.example/x.cur), auto }",
    ".a { --x: url(https://evil.example) }",
    ".a { content: element(#x) }",
    "@font-face { font-family: x; src: url(https://evil.example/x.woff2) }",
    "@namespace url(https://evil.example);",
    "@supports (background: url(https://evil.example)) { .a { color: red } }",
    ".a { behavior: url(x.htc) }",
    ".a { -moz-binding: url(x.xml#x) }",
    ".a { width: expression(alert(1)) }",
    "@property --x { syntax: '<url>'; inherits: true; initial-value: url(https://evil.example) }",
]
LEAVING = [
    "~ footer { display: none }",
    "+ footer { a: b }",
    "main ~ footer { a: b }",
    "main + .x { a: b }",
    "& ~ x { a: b }",
]
HIDING = [
    ".error { display: none }",
    "form .summary { opacity: 0 }",
    ":focus-visible { outline: 0 }",
    "a:focus { outline: none }",
    ":is(p, .error) { visibility: hidden }",
    ":not(:focus-visible) { outline: 0 }",
    "[aria-invalid] { border: 0 }",
    ".card { --bad: transparent }",
    ".card { --focus: transparent }",
    ".trap { position: static }",
    ".consent { display: none }",
    "* { display: none !important }",
]
BREAKING = [
    "</style><script>alert(1)</script>",
    ".a { content: '</style><script>alert(1)</script>' }",
    ".a::before { content: '\\3c/style\\3e' }",
    "/* </style> */ .a { color: red }",
    ".a { color: red } <!-- --> </style>",
    "[title='</style>'] { color: red }",
    ".a { color: red } } body { display: none } main {",
    ".a { x: " + "(" * 4000 + " }",
    "a" * 25_000,
    ".\\3c\\2fstyle\\3e { color: red }",
    "@media </style> { .a { color: red } }",
]
PIECES = [
    "</style>",
    "<!--",
    "url(",
    "@import ",
    "@media x{",
    "{",
    "}",
    "(",
    ")",
    ";",
    ":",
    "'",
    '"',
    "\\",
    "/*",
    "*/",
    "~",
    "+",
    "main",
    ".error",
    "!important",
    ",",
    "\n",
    "\0",
    "&",
    "https://e.example/x",
]


def is_harmless(css: str) -> bool:
    """What a page may carry: nothing that ends the element, fetches, or begins outside `main`."""
    own = css.replace(GUARD, "")
    fetches = [one for one in re.findall(r"url\((.{0,14})", own, re.I) if not one.startswith('"data:image/')]
    return "</" not in css and "@import" not in own.lower() and "!important" not in own and not fetches


def selectors(css: str) -> list[str]:
    rules = tinycss2.parse_stylesheet(css.replace(GUARD, ""), skip_comments=True, skip_whitespace=True)
    found = [rule for rule in rules if rule.type == "qualified-rule"]
    for rule in rules:
        if rule.type == "at-rule" and "keyframes" not in rule.lower_at_keyword:
            inner = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            found += [one for one in inner if one.type == "qualified-rule"]
    return [tinycss2.serialize(rule.prelude).strip() for rule in found]


@pytest.mark.parametrize("css", FETCHING + LEAVING + HIDING)
def test_what_fetches_leaves_or_hides_is_refused_and_left_out(css: str) -> None:
    assert refused(css)
    assert is_harmless(cleaned(css))
    assert "evil" not in cleaned(css)
    assert all(one.startswith("main") for one in selectors(cleaned(css)))


@pytest.mark.parametrize("css", BREAKING)
def test_nothing_ends_the_style_element(css: str) -> None:
    assert is_harmless(cleaned(css))
    assert "body" not in [one.split(" ")[0] for one in selectors(cleaned(css))]


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".note { color: var(--link); padding: 4px 8px }", "main .note{color:var(--link);padding:4px 8px}"),
        (":root { --accent: #123456 }", "main{--accent:#123456}"),
        ("main .a, .b > c { margin: 0 }", "main .a,main .b > c{margin:0}"),
        ("@media (max-width: 600px) { .a { margin: calc(1px + 2%) } }", "main .a{margin:calc(1px + 2%)}"),
        ("@keyframes in { from { opacity: 0 } 50% { opacity: 1 } }", "from{opacity:0}50%{opacity:1}"),
        (".a { background: url('data:image/png;base64,iVBORw0K') }", 'url("data:image/png;base64,iVBORw0K")'),
        (".a::before { content: 'Ưu đãi “Tết”' }", 'content:"Ưu đãi “Tết”"'),
    ],
)
def test_what_is_harmless_stays(css: str, kept: str) -> None:
    assert refused(css) == []
    assert kept in cleaned(css)


def test_the_line_of_each_problem_is_told() -> None:
    with pytest.raises(ValueError, match=r"line 2: url\(\).*; line 5: \.error") as refusal:
        sandboxed(".a {\n  background: url(https://evil.example);\n  color: red;\n}\n.error { display: none }")
    assert "line 3" not in str(refusal.value)


def test_errors_and_the_keyboard_stay_visible() -> None:
    css = cleaned("* { opacity: 0; outline: 0; display: none }")
    assert "main .error:not([hidden]){display:flex!important" in css
    assert "main :focus-visible{outline:3px solid" in css


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=24).map("".join))
def test_any_text_becomes_harmless_css(css: str) -> None:
    made = cleaned(css)
    assert is_harmless(made)
    assert all(one.startswith("main") for one in selectors(made))
    assert cleaned(made.replace(GUARD, "")).count("main main") == 0, "cleaned CSS is its own fixed point"
