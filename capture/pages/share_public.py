"""The visitors' door of what is drawn for a site: the picture of a shared link, and the icon by its old address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response

from capture.core.assets import FOLDER
from capture.core.errors import NotFound
from capture.core.shelf import picture_item, shelved
from capture.pages import share
from capture.pages.looks import letter_of
from capture.pages.queries import PageNow, pages_by_slug
from capture.pages.style import colours_of, theme_of
from capture.sites.here import site_here
from capture.sites.queries import SiteNow
from forms.texts import in_locale

NAME = re.compile(r"(?P<version>[0-9a-f-]{36})-(?P<locale>vi|en)\.png")
FONTS = FOLDER / "fonts"
CACHE = "public, max-age=86400"

door = Blueprint("share", __name__)


def install(public: Blueprint) -> None:
    public.register_blueprint(door)


@door.get("/static/og/<name>")
def picture(name: str) -> Response:
    """Drawn when somebody asks for it the first time; the address changes with the version of the page."""
    site, asked = site_here(), NAME.fullmatch(name)
    pages = (page for page in pages_by_slug().values() if page.site_id == site.id)
    page = next((page for page in pages if asked and page.version_id == asked["version"]), None)
    if page is None or asked is None:
        raise NotFound
    return _shelved("image/png", share.drawn(_card(site, page, asked["locale"])))


@door.get("/favicon.ico")
def icon() -> Response:
    site = site_here()
    theme = theme_of(site)
    colours = colours_of(theme, site.settings.get("brand"))
    fill, ink, letter = colours["accent"], colours["on"], letter_of(site.name)
    return _shelved("image/x-icon", share.icon(letter, fill, ink, FONTS, is_round=theme == "cho"))


def _shelved(media_type: str, body: bytes) -> Response:
    headers = [("Content-Type", media_type), ("X-Content-Type-Options", "nosniff"), ("Cache-Control", CACHE)]
    return shelved(picture_item(headers, body))


def _card(site: SiteNow, page: PageNow, locale: str) -> share.Card:
    """The promise of the opening if there is one, else the title."""
    theme = theme_of(site, page.content)
    hero: Mapping[str, Any] = next(
        (one for one in page.content["blocks"] if one["type"] == "hero" and not one.get("hidden")), {}
    )
    return share.Card(
        theme=theme,
        colours=colours_of(theme, site.settings.get("brand")),
        title=in_locale(hero.get("heading") or page.content["title"], locale),
        emphasis=_emphasis(hero, locale),
        site=site.name,
        letter=letter_of(site.name),
        fonts=FONTS,
    )


def _emphasis(hero: Mapping[str, Any], locale: str) -> str:
    """Words that stand after the heading; those within it are there already."""
    if not hero.get("highlight"):
        return ""
    words = in_locale(hero["highlight"], locale)
    return "" if words in in_locale(hero.get("heading"), locale) else words
