"""The site of this request."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, request, session

from capture.core.errors import Misdirected
from capture.core.shelf import host_name
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


def origin_of(site: SiteNow, own: str) -> str:
    """Scheme and host of a site's addresses: `own` is what the request makes of it.

    PUBLIC_URL is one address; where its host is another site's, only its scheme speaks for this one.
    """
    public: str | None = current_app.config["SETTINGS"].public_url
    if public is None or host_name(urlsplit(public).netloc) in site.hosts:
        return own
    name = host_name(request.host)
    return f"{urlsplit(public).scheme}://{f'[{name}]' if ':' in name else name}"
