"""A page as its answer: the document, and the headers that say whose it is and who may keep it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from capture.core.shelf import Item, item_of
from capture.pages.addresses import canonical_of, is_findable
from capture.pages.queries import PageNow
from capture.pages.render import render_page
from capture.pages.style import public_headers, style_of_page
from capture.sites.queries import SiteNow


def document_of(site: SiteNow, page: PageNow, locale: str, cache: str, beside: Sequence[PageNow] = ()) -> Item:
    """The finished page in every encoding; `beside` are the other variants of a page under test."""
    origin = request.origin_known  # type: ignore[attr-defined]
    body = render_page(site, page, locale, origin=origin, beside=beside)
    style = style_of_page(site, page.content, [one.content for one in beside])
    link = f'<{canonical_of(site, page, locale, origin)}>; rel="canonical"'
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", cache), ("Link", link)]
    headers += [] if is_findable(site, page) else [("X-Robots-Tag", "noindex")]
    headers += [("Content-Language", locale), *public_headers(style)]
    return item_of(200, headers, body.encode())


def with_query(address: str, query: str) -> str:
    """The address with the query of the request: where somebody came from must not get lost on the way."""
    if not query:
        return address
    base, mark, fragment = address.partition("#")
    return base + ("&" if "?" in base else "?") + query + mark + fragment
