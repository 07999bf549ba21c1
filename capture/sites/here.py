"""The site of this request."""

from __future__ import annotations

from flask import request

from capture.core.errors import Misdirected
from capture.sites.queries import SiteNow, site_of_host


def site_here() -> SiteNow:
    """The site that the request's host belongs to; raises Misdirected (421) for a host that no site has."""
    site = site_of_host(request.host)
    if site is None:
        raise Misdirected
    return site
