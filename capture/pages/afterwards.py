"""Where the visitors of a closed page go: to the first place that is open, never in a circle."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from capture.core.shelf import host_name
from capture.pages.addresses import home_path, page_path, written_in
from capture.pages.queries import PageNow, home_of, pages_by_slug
from capture.sites.queries import LOCALES, SiteNow


def place_after(site: SiteNow, page: PageNow, locale: str, at: datetime) -> str | None:
    """The address; None where none was named. Closed pages on the way are passed through, a circle ends at home."""
    seen, target = {page.id}, page.afterwards
    while target is not None:
        found, is_plain = _page_at(site, target)
        if found is None:
            return target
        if found.is_open(at):
            return _in_language(site, found, target, locale) if is_plain else target
        if found.id in seen:
            break
        seen.add(found.id)
        target = found.afterwards if found.is_over(at) else None
    home = home_of(site)
    return home_path(site, locale) if page.afterwards and home is not None and home.is_open(at) else None


def _page_at(site: SiteNow, target: str) -> tuple[PageNow | None, bool]:
    """The page of this site that an address means, and whether it says no language."""
    parts = urlsplit(target)
    if parts.netloc and host_name(parts.netloc) not in site.hosts:
        return None, False
    first, _, rest = parts.path.strip("/").partition("/")
    slug, is_plain = (rest, False) if first in LOCALES else (parts.path.strip("/"), not parts.netloc)
    return (pages_by_slug().get((site.id, slug)) if slug else home_of(site)), is_plain


def _in_language(site: SiteNow, page: PageNow, target: str, locale: str) -> str:
    """The same place for somebody who read the other language, if it is written in it."""
    path = urlsplit(target).path
    if locale == site.locale or locale not in written_in(site, page.content):
        return target
    return page_path(site, page.slug, locale) + target[len(path) :]
