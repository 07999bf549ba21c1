"""The site of this request."""

from __future__ import annotations

from flask import request, session

from capture.core.errors import Misdirected, NotFound
from capture.sites.queries import SiteNow, site_of_host, sites

CHOSEN = "site"


def site_here() -> SiteNow:
    """The site that the request's host belongs to; raises Misdirected (421) for a host that no site has."""
    site = site_of_host(request.host)
    if site is None:
        raise Misdirected
    return site


def console_site() -> SiteNow:
    """The site that the console shows: the one chosen in this session, else the first; raises NotFound before any."""
    site = shown_site()
    if site is None:
        raise NotFound("There is no site yet.")
    return site


def shown_site() -> SiteNow | None:
    """The same, or None."""
    return sites().get(session.get(CHOSEN, "")) or next(iter(sites().values()), None)
