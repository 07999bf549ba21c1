"""What a page is called, for people who see only its address."""

from __future__ import annotations

from capture.core.speech import spoken
from capture.pages.queries import pages_by_slug
from capture.sites.queries import sites
from forms.texts import in_locale


def title_of(path: str) -> str:
    """The title of the page at a path, also in its other language; empty where no page of ours is there."""
    slug = path.rstrip("/").rsplit("/", 1)[-1]
    known = (pages_by_slug().get((site_id, slug)) for site_id in sites())
    found = next((page for page in known if page is not None), None)
    return in_locale(found.content.get("title"), spoken()) if found and slug else ""
