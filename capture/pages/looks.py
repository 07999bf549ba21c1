"""What a page shows of its site outside its blocks: the logo, the icon of the tab, the picture of a shared link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup, escape

from capture.pages.pictures import PictureNow, pictures_of
from capture.pages.queries import PageNow
from capture.pages.style import colours_of
from capture.sites.queries import SiteNow

SHARE_SIZE = (1200, 630)
# Wider than this, a logo has the name of the site in it.
WIDE = 1.6
LOGO_HEIGHT, MOST_LOGO_WIDTH = 34, 180
LETTER = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<rect width='32' height='32' rx='{radius}' fill='{fill}'/>"
    "<text x='16' y='23' text-anchor='middle' font-family='sans-serif' font-weight='700' font-size='20' fill='{ink}'>"
    "{letter}</text></svg>"
)


def logo_of(site: SiteNow) -> Mapping[str, Any] | None:
    """The logo at the size of the header, or None for the letter."""
    found = _logo(site)
    if found is None:
        return None
    width = min(round(LOGO_HEIGHT * found.width / found.height), MOST_LOGO_WIDTH)
    height = round(width * found.height / found.width)
    is_wide = found.width > WIDE * found.height
    return {"src": _smallest(found), "width": width, "height": height, "is_wide": is_wide}


def icon_of(theme: str, site: SiteNow | None) -> Mapping[str, str]:
    """`href` of the icon in the tab, and the colour that a phone gives its frame."""
    colours = colours_of(theme, site.settings.get("brand") if site else None)
    logo = _logo(site) if site else None
    letter = letter_of(site.name if site else "c")
    is_logo = logo is not None and logo.width <= WIDE * logo.height
    href = _smallest(logo) if logo and is_logo else _drawn(letter, colours, is_round=theme == "cho")
    return {"href": href, "colour": colours["accent" if theme == "cho" else "bg"]}


def _drawn(letter: str, colours: Mapping[str, str], *, is_round: bool) -> Markup:
    svg = LETTER.format(radius=16 if is_round else 5, fill=colours["accent"], ink=colours["on"], letter=escape(letter))
    return Markup("data:image/svg+xml," + quote(svg, safe=" =:/'"))  # noqa: S704 -- nothing that HTML reads is left


def letter_of(name: str) -> str:
    return next((one for one in name if one.isalnum()), "c").upper()


def share_of(site: SiteNow, page: PageNow, locale: str, origin: str) -> Mapping[str, Any]:
    """The picture of a shared link: the page's own, else one that is drawn from its words."""
    own = pictures_of(site.id).get(page.content.get("picture") or "")
    if own is not None and own.share:
        told = own.in_locale(locale)
        return {"url": origin + own.share, "width": own.share_size[0], "height": own.share_size[1], "alt": told.alt}
    width, height = SHARE_SIZE
    return {"url": f"{origin}/static/og/{page.version_id}-{locale}.png", "width": width, "height": height, "alt": ""}


def _logo(site: SiteNow) -> PictureNow | None:
    name = (site.settings.get("brand") or {}).get("logo")
    return pictures_of(site.id).get(name) if name else None


def _smallest(picture: PictureNow) -> str:
    """A WebP of the smallest width, which every browser shows; a drawing is one file."""
    webp = dict(picture.sources).get("image/webp")
    return webp.split(" ", 1)[0] if webp else picture.src
