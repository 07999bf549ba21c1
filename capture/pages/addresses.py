"""Where a page is found: its paths, its languages, and the one address under which search engines shall keep it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capture.pages.queries import PageNow
from capture.sites.queries import LOCALES, SiteNow

OPEN_GRAPH = {"vi": "vi_VN", "en": "en_US"}


def page_path(site: SiteNow, slug: str, locale: str) -> str:
    return f"/{slug}" if locale == site.locale else f"/{locale}/{slug}"


def home_path(site: SiteNow, locale: str) -> str:
    return "/" if locale == site.locale else f"/{locale}"


def best_path(site: SiteNow, page: PageNow, locale: str) -> str:
    """The path among several that is the page's: a home page that was named has the shortest."""
    return home_path(site, locale) if page.slug == site.home else page_path(site, page.slug, locale)


def written_in(site: SiteNow, content: Mapping[str, Any]) -> list[str]:
    """The languages that a page is really written in; a text without a language is the site's."""
    title = content["title"]
    if not isinstance(title, Mapping):
        return [site.locale]
    return [code for code in LOCALES if title.get(code)] or [site.locale]


def main_locale(site: SiteNow, content: Mapping[str, Any]) -> str:
    """The language for people of whom nothing is known."""
    written = written_in(site, content)
    return site.locale if site.locale in written else written[0]


def canonical_of(site: SiteNow, page: PageNow, locale: str, origin: str) -> str:
    """The page's own setting wins; a language in which it is not written is the main one in disguise."""
    own: str | None = page.content.get("canonical")
    known = locale if locale in written_in(site, page.content) else main_locale(site, page.content)
    return own or origin + best_path(site, page, known)


def alternates(site: SiteNow, page: PageNow, origin: str) -> list[tuple[str, str]]:
    """Pairs of hreflang and address; none where there is one language, or where the page is a copy of another."""
    written = written_in(site, page.content)
    if len(written) < 2 or page.content.get("canonical"):
        return []
    pairs = [(code, origin + best_path(site, page, code)) for code in written]
    return [*pairs, ("x-default", origin + best_path(site, page, main_locale(site, page.content)))]


def is_findable(site: SiteNow, page: PageNow) -> bool:
    """Whether search engines may keep the page."""
    return not (site.settings.get("noindex") or page.content.get("noindex") or page.password_hash)
