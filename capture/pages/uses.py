"""Where a picture stands: which published pages name it, and whether it is the logo."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from capture.core.db import db
from capture.core.speech import _, spoken
from capture.pages.addresses import page_path
from capture.pages.queries import PageNow, pages_by_slug
from capture.pictures.models import Picture
from capture.sites.queries import SiteNow, sites
from forms.texts import in_locale


def load(picture_id: str) -> dict[str, Any]:
    """The panel of a picture's page."""
    picture = db.session.get(Picture, picture_id)
    site = sites().get(picture.site_id) if picture else None
    return {"uses": list(_uses(site, picture.name)) if picture and site else []}


def _uses(site: SiteNow, name: str) -> Iterator[dict[str, Any]]:
    if (site.settings.get("brand") or {}).get("logo") == name:
        yield {"title": site.name, "where": _("As the logo of every page"), "href": None}
    for page in pages_by_slug().values():
        if page.site_id == site.id and names_picture(page.content, name):
            yield _use(site, page, name)


def _use(site: SiteNow, page: PageNow, name: str) -> dict[str, Any]:
    is_shared = page.content.get("picture") == name
    where = _("As the picture of a shared link") if is_shared else _("In a block")
    title = in_locale(page.content["title"], spoken())
    return {"title": title, "where": where, "href": page_path(site, page.slug, site.locale)}


def names_picture(value: Any, name: str, key: str = "") -> bool:
    """Whether a field that may hold a picture holds this one."""
    if isinstance(value, Mapping):
        return any(names_picture(one, name, each) for each, one in value.items())
    if isinstance(value, list):
        return any(names_picture(one, name, key) for one in value)
    return value == name and key in {"picture", "pictures", "poster", "logo", "logos", "image"}
