"""The site of this request."""

from __future__ import annotations

from flask import request, session

from capture.core.errors import Misdirected
from capture.sites.queries import SiteNow, site_of_host, sites

CHOSEN = "site"


def site_here() -> SiteNow:
    """The site that the request's host belongs to; raises Misdirected (421) for a host that no site has."""
    site = site_of_host(request.host)
    if site is None:
        raise Misdirected
    return site


def console_site() -> SiteNow | None:
    """The site that a colleague works on: the one chosen in this session, else the first; None before there is one."""
    found = sites()
    return found.get(session.get(CHOSEN, "")) or next(iter(found.values()), None)
