"""A page's style: the shared rules and its theme's, in one element whose hash the CSP names."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache

import rcssmin
from markupsafe import Markup

from capture.core.assets import FOLDER

THEMES = ("giay", "cho")
SENT = "sent.css"  # the thank-you page and the messages


@dataclass(frozen=True)
class Style:
    css: Markup
    hash: str


@cache
def style_of(theme: str, more: str | None = None) -> Style:
    """The CSS of a theme and its hash for `style-src`; `more` is the file of a page that needs its own rules."""
    name = theme if theme in THEMES else THEMES[0]
    files = ("base.css", f"theme-{name}.css", *([more] if more else []))
    css = str(rcssmin.cssmin("\n".join((FOLDER / "pages" / file).read_text() for file in files)))
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Style(Markup(css), f"'sha256-{digest}'")  # noqa: S704 -- our own files


def public_headers(style: Style) -> list[tuple[str, str]]:
    """Security headers of everything that visitors see. Nothing inline but the one style."""
    policy = (
        f"default-src 'none'; style-src {style.hash}; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    )
    return [
        ("Content-Security-Policy", policy),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
