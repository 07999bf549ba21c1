"""The door of search engines: what there is on a site, and what they shall leave alone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request

from capture.core.clock import now
from capture.core.shelf import item_of, shelved
from capture.pages.addresses import alternates, best_path, is_findable, written_in
from capture.pages.queries import PageNow, pages_by_slug
from capture.sites.here import site_here
from capture.sites.queries import SiteNow

CACHE = "public, max-age=3600"
CLOSED = ("/console/", "/api/", "/d/", "/thanks/", "/_unlock/")

door = Blueprint("findable", __name__)


@door.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page that visitors and search engines may see, in every language that it is written in."""
    site = site_here()
    origin = request.origin_known  # type: ignore[attr-defined]
    pages = [page for page in pages_by_slug().values() if page.site_id == site.id and _is_listed(site, page)]
    entries = [entry for page in pages for entry in _entries(site, page, origin)]
    body = render_template("pages/sitemap.xml", entries=entries)
    return _kept("application/xml; charset=utf-8", body)


@door.get("/robots.txt")
def robots() -> Response:
    """What is nobody's business, what the site names, and where the sitemap is."""
    site = site_here()
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*CLOSED, *site.settings.get("disallow", ())))]
    if not site.settings.get("noindex"):
        lines += ["", f"Sitemap: {request.origin_known}/sitemap.xml"]  # type: ignore[attr-defined]
    return _kept("text/plain; charset=utf-8", "\n".join([*lines, ""]))


def _is_listed(site: SiteNow, page: PageNow) -> bool:
    """A copy of a page elsewhere names that one, and is not listed itself."""
    return page.is_open(now()) and is_findable(site, page) and not page.content.get("canonical")


def _entries(site: SiteNow, page: PageNow, origin: str) -> list[dict[str, Any]]:
    opened = page.opens_at if page.opens_at and page.opens_at > page.published_at else page.published_at
    about = {"lastmod": opened.isoformat(timespec="seconds"), "alternates": alternates(site, page, origin)}
    return [{"loc": origin + best_path(site, page, code), **about} for code in written_in(site, page.content)]


def _kept(media_type: str, body: str) -> Response:
    headers = [("Content-Type", media_type), ("Cache-Control", CACHE), ("X-Content-Type-Options", "nosniff")]
    return shelved(item_of(200, headers, body.encode()))
