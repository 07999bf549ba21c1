"""The site of this request: a visitor's by host name, a colleague's by what they chose in the console."""

from __future__ import annotations

from flask import g, has_request_context, request, session

from capture.core.doors import Choice
from capture.core.errors import Misdirected, NotFound
from capture.sites import revision
from capture.sites.queries import SiteNow, site_of_host, sites

CHOSEN = "site"


def site_here() -> SiteNow:
    """The site that the request's host belongs to; raises Misdirected (421) for a host that no site has."""
    site = site_of_host(request.host)
    if site is None:
        raise Misdirected
    return site


class NoSite(NotFound):
    """The console shows something of a site, and there is none yet."""


def console_site() -> SiteNow:
    """The site that the console shows: the one chosen in this session, else the first; raises NoSite before any."""
    found = shown_site()
    if found is None:
        raise NoSite("There is no site yet.")
    return found


def choose(site_id: str) -> None:
    """From now on the console shows this site."""
    if site_id not in sites():
        raise NotFound("There is no such site.")
    session[CHOSEN] = site_id


def brand() -> str:
    """The name over the console: the site's that it shows, or ours before there is one."""
    site = shown_site()
    return site.name if site else "capture"


def zone() -> str:
    """The time zone in which the console speaks: that of the site that it shows."""
    site = shown_site()
    return site.timezone if site else "UTC"


def site_choices() -> list[Choice]:
    """What the switch in the menu offers; nothing where there is one site."""
    found, shown = sites().values(), shown_site()
    return [Choice(one.id, one.name, one is shown) for one in found] if len(found) > 1 else []


def shown_site() -> SiteNow | None:
    """The same, or None."""
    if not sites():
        revision.look_again()  # who has just begun the first site is shown it at once, by every process
    chosen = session.get(CHOSEN) if has_request_context() and g.get("user") is not None else None
    return sites().get(str(chosen)) or next(iter(sites().values()), None)
