"""Sites as the public paths know them: plain values, read once for each revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from capture.core.db import db
from capture.core.shelf import host_name
from capture.sites.models import Site, SiteHost
from capture.sites.revision import of_revision

LOCALES = ("vi", "en")


@dataclass(frozen=True)
class SiteNow:
    """A site as it is now. `hosts` are names without ports, in lower case."""

    id: str
    slug: str
    name: str
    locale: str
    timezone: str
    region: str
    tracking: str
    hosts: tuple[str, ...]
    settings: Mapping[str, Any]

    @property
    def allowed_origins(self) -> tuple[str, ...]:
        return tuple(self.settings.get("allowed_origins") or ())

    @property
    def home(self) -> str | None:
        return self.settings.get("home")

    @property
    def theme(self) -> str:
        return str(self.settings.get("theme") or "giay")


@of_revision
def sites() -> Mapping[str, SiteNow]:
    """Every site by id."""
    hosts: dict[str, list[str]] = {}
    for row in db.session.execute(select(SiteHost).order_by(SiteHost.position)).scalars():
        hosts.setdefault(row.site_id, []).append(row.host)
    return {
        row.id: _now(row, hosts.get(row.id, [])) for row in db.session.execute(select(Site).order_by(Site.id)).scalars()
    }


@of_revision
def sites_by_host() -> Mapping[str, SiteNow]:
    return {host: site for site in sites().values() for host in site.hosts}


def site_of_host(host: str) -> SiteNow | None:
    """The site that answers to a Host header; its port is ignored."""
    return sites_by_host().get(host_name(host))


def is_same_site(host: str, other: str) -> bool:
    """Whether two hosts belong to one site; where there is only one, every host does."""
    return len(sites()) < 2 or site_of_host(host) == site_of_host(other)


def _now(row: Site, hosts: list[str]) -> SiteNow:
    return SiteNow(
        id=row.id,
        slug=row.slug,
        name=row.name,
        locale=row.locale,
        timezone=row.timezone,
        region=row.phone_region,
        tracking=row.tracking,
        hosts=tuple(hosts),
        settings=row.settings,
    )
