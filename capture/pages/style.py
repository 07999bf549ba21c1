"""A page's style: the shared rules and its theme's, in one element whose hash the CSP names."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import rcssmin
from markupsafe import Markup

from capture.core.assets import FOLDER
from capture.pages.block import pictures_in
from capture.pages.policy import Allowed, allowed_on_page
from capture.pages.sandbox import cleaned
from capture.pages.themes import THEMES, hero_of, values_of
from capture.sites.queries import SiteNow

VARIABLE = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6})\b")
SENT = "sent.css"  # the thank-you page and the messages
FORM = "blocks/form.css"  # a form that comes back without a page
SHARED = {"faq": ("text",)}  # blocks that look as others do, besides their own
POLICY = {
    "default-src": "'none'",
    "style-src": "",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'self'",
}


@dataclass(frozen=True)
class Style:
    """The CSS, its hash, and whom the page's policy lets in besides ourselves."""

    css: Markup
    hash: str
    allowed: Allowed = ()


def style_of_page(site: SiteNow, content: Mapping[str, Any], beside: Sequence[Mapping[str, Any]] = ()) -> Style:
    """The style of a published page: its theme, its blocks, the site's brand and the page's own rules.

    `beside` are the other variants that the document carries.
    """
    theme = theme_of(site, content)
    brand = site.settings.get("brand")
    hero = hero_of(theme, brand, _ground(content))
    own = values_of(theme, brand) + hero + cleaned(content.get("css", ""))
    style = style_of(theme, blocks=_kinds([content, *beside]), own=own)
    return replace(style, allowed=allowed_on_page(site, content))


def _kinds(contents: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """The files that the blocks need, each once."""
    shown = [block for content in contents for block in content["blocks"] if not block.get("hidden")]
    kinds = {name for block in shown for name in (block["type"], *SHARED.get(block["type"], ()))}
    return tuple(sorted(kinds | {"_picture"} if any(True for block in shown for _ in pictures_in(block)) else kinds))


def theme_of(site: SiteNow | None, content: Mapping[str, Any] | None = None) -> str:
    """The page's theme, else the site's, else the first."""
    wanted = (content or {}).get("theme") or (site.theme if site else "")
    return wanted if wanted in THEMES else next(iter(THEMES))


def _ground(content: Mapping[str, Any]) -> str | None:
    """What the page's opening says of itself."""
    return next((block.get("ground") for block in content["blocks"] if block["type"] == "hero"), None)


def style_of_site(site: SiteNow | None, more: str | None = SENT, theme: str | None = None) -> Style:
    """The style of what is no page of a marketer: messages, thanks."""
    name = theme or theme_of(site)
    return style_of(name, more, own=values_of(name, site.settings.get("brand") if site else None))


@cache
def variables_of(theme: str) -> Mapping[str, str]:
    """The colours of a theme as its style sheet says them, for what is drawn without one."""
    return dict(VARIABLE.findall((FOLDER / "pages" / f"theme-{theme}.css").read_text()))


def colours_of(theme: str, brand: Mapping[str, Any] | None) -> Mapping[str, str]:
    """The same with the brand's colour in place of the theme's own."""
    return {**variables_of(theme), **dict(VARIABLE.findall(values_of(theme, brand)))}


@lru_cache(maxsize=512)
def style_of(theme: str, more: str | None = None, *, blocks: tuple[str, ...] = (), own: str = "") -> Style:
    """The CSS and its hash for `style-src`; `more` is a file of its own, `own` are rules that were made or cleaned."""
    files = ["base.css", *(f"blocks/{kind}.css" for kind in blocks), f"theme-{theme}.css", *([more] if more else [])]
    texts = [(FOLDER / "pages" / file).read_text() for file in files if (FOLDER / "pages" / file).is_file()]
    css = str(rcssmin.cssmin("\n".join([*texts, own])))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Style(Markup(css), f"'sha256-{digest}'")  # noqa: S704 -- our own files


def public_headers(style: Style) -> list[tuple[str, str]]:
    """Security headers of everything that visitors see. Nothing inline but the one style."""
    policy = {**POLICY, "style-src": style.hash}
    for directive, sources in style.allowed:
        policy[directive] = " ".join([*filter(None, [policy.get(directive)]), *sources])
    return [
        ("Content-Security-Policy", "; ".join(f"{directive} {sources}" for directive, sources in policy.items())),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
