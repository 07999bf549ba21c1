"""Whom a page's Content-Security-Policy lets in besides ourselves: only what its blocks and its site's tags need."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from capture.pages.block import blocks
from capture.sites.queries import SiteNow

Allowed = tuple[tuple[str, tuple[str, ...]], ...]
# The thank-you page shows its conversion in a frame of our own: its address carries the visitor's token.
CONVERSION_FRAME: Allowed = (("frame-src", ("'self'",)),)

# As the vendors document them; Zalo documents none, these were read off its script.
TAGS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "meta": {
        "script-src": ["https://connect.facebook.net"],
        "connect-src": ["https://www.facebook.com", "https://connect.facebook.net"],
        "img-src": ["https://www.facebook.com"],
    },
    "google": {
        "script-src": ["https://www.googletagmanager.com", "https://www.googleadservices.com"],
        "connect-src": [
            "https://www.googletagmanager.com",
            "https://*.google-analytics.com",
            "https://*.analytics.google.com",
            "https://www.google.com",
            "https://www.googleadservices.com",
            "https://googleads.g.doubleclick.net",
        ],
        "img-src": [
            "https://www.googletagmanager.com",
            "https://*.google-analytics.com",
            "https://www.google.com",
            "https://www.googleadservices.com",
            "https://googleads.g.doubleclick.net",
        ],
    },
    "tiktok": {
        "script-src": ["https://analytics.tiktok.com"],
        "connect-src": ["https://analytics.tiktok.com"],
        "img-src": ["https://analytics.tiktok.com"],
    },
    "zalo": {
        "script-src": ["https://s.zzcdn.me"],
        "connect-src": ["https://log.adtimaserver.vn"],
        "img-src": ["https://log.adtimaserver.vn"],
    },
}


def tags_of(site: SiteNow | None) -> dict[str, str]:
    """The site's tags that have an id, in the order of TAGS."""
    named = (site.settings.get("tags") if site else None) or {}
    return {vendor: str(named[vendor]) for vendor in TAGS if named.get(vendor)}


def allowed_on_page(site: SiteNow, content: Mapping[str, Any]) -> Allowed:
    """For a page of a marketer."""
    shown = [block for block in content["blocks"] if block["type"] in blocks() and not block.get("hidden")]
    return _merged([blocks()[block["type"]].allows(block) for block in shown] + allowed_for_tags(site))


def allowed_for_tags(site: SiteNow | None) -> list[Mapping[str, Sequence[str]]]:
    return [TAGS[vendor] for vendor in tags_of(site)]


def allowed_for_conversion(site: SiteNow | None) -> Allowed:
    return _merged(allowed_for_tags(site))


def _merged(parts: Iterable[Mapping[str, Sequence[str]]]) -> Allowed:
    whole: dict[str, list[str]] = {}
    for part in parts:
        for directive, sources in part.items():
            whole.setdefault(directive, []).extend(sources)
    return tuple((directive, tuple(dict.fromkeys(sources))) for directive, sources in whole.items())
