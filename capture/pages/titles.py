"""What a page is called, for people who see only its address."""

from __future__ import annotations

from collections.abc import Mapping

from capture.core.speech import spoken
from capture.offers.queries import offers
from capture.pages.queries import pages_by_slug
from capture.sites.queries import sites
from forms.texts import in_locale


def title_of(path: str) -> str:
    """The title of the page at a path, also in its other language; empty where no page of ours is there."""
    slug = path.rstrip("/").rsplit("/", 1)[-1]
    known = (pages_by_slug().get((site_id, slug)) for site_id in sites())
    found = next((page for page in known if page is not None), None)
    return in_locale(found.content.get("title"), spoken()) if found and slug else ""


def titles_of(site_id: str) -> Mapping[tuple[str, str], str]:
    """By `("page", slug)`, `("offer", slug)` and `("form", id)`: a form is called as the first place that shows it."""
    found: dict[tuple[str, str], str] = {}
    for page in pages_by_slug().values():
        if page.site_id == site_id:
            found["page", page.slug] = title = in_locale(page.content.get("title"), spoken())
            form_id = page.form_id or (page.offer.form_id if page.offer else None)
            if form_id and title:
                found.setdefault(("form", form_id), title)
    for offer in offers().values():
        if offer.site_id == site_id and offer.title:
            found["offer", offer.slug] = title = in_locale(offer.title, spoken())
            found.setdefault(("form", offer.form_id), title)
    return found
