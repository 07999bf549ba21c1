"""A page's style: the shared rules and its theme's, in one element whose hash the CSP names."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import rcssmin
from markupsafe import Markup

from capture.core.assets import FOLDER
from capture.pages.block import pictures_in
from capture.pages.policy import Allowed, allowed_on_page
from capture.pages.themes import values_of
from capture.sites.queries import SiteNow

THEMES = ("giay", "dem", "cho")
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
    own = values_of(theme, site.settings.get("brand")) + content.get("css", "")
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
    return wanted if wanted in THEMES else THEMES[0]


def style_of_site(site: SiteNow | None, more: str | None = SENT, theme: str | None = None) -> Style:
    """The style of what is no page of a marketer: messages, thanks."""
    name = theme or theme_of(site)
    return style_of(name, more, own=values_of(name, site.settings.get("brand") if site else None))


@lru_cache(maxsize=512)
def style_of(theme: str, more: str | None = None, *, blocks: tuple[str, ...] = (), own: str = "") -> Style:
    """The CSS and its hash for `style-src`; `more` is a file of its own, `own` are rules that were made or cleaned."""
    name = theme if theme in THEMES else THEMES[0]
    files = ["base.css", *(f"blocks/{kind}.css" for kind in blocks), f"theme-{name}.css", *([more] if more else [])]
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
