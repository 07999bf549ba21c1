"""Published pages as the public paths know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.speech import spoken
from capture.offers.queries import OfferNow, offers
from capture.pages.experiments.queries import Claim, ExperimentNow, running_by_page
from capture.pages.models import Page, PageVersion
from capture.sites.here import shown_site
from capture.sites.queries import SiteNow
from capture.sites.revision import change_at, of_revision
from forms.texts import in_locale


@dataclass(frozen=True)
class PageNow:
    """The published version of a page; `content` has title, description, theme and blocks.

    `experiment` is the one that runs on it, `claim` the variant of it that this is.
    """

    id: str
    site_id: str
    slug: str
    version_id: str
    number: int
    form_id: str | None
    offer: OfferNow | None
    content: Mapping[str, Any]
    published_at: datetime
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    afterwards: str | None = None
    password_hash: str | None = None
    unpublished_at: datetime | None = None
    experiment: ExperimentNow | None = None
    claim: Claim | None = None

    def is_over(self, at: datetime) -> bool:
        """Whether its visitors are sent on: it is closed or was taken down, and is not merely to come."""
        return self.unpublished_at is not None or (self.closes_at is not None and at >= self.closes_at)

    def is_open(self, at: datetime) -> bool:
        """Whether visitors see it: published, opened and not closed yet."""
        if self.unpublished_at is not None or (self.opens_at is not None and at < self.opens_at):
            return False
        return self.closes_at is None or at < self.closes_at


@of_revision
def pages_by_slug() -> Mapping[tuple[str, str], PageNow]:
    """By (site id, slug), also those that are closed now; retired pages are not among them."""
    rows = select(Page, PageVersion).join(
        PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version)
    )
    found = db.session.execute(rows.where(Page.retired_at.is_(None)).order_by(Page.id)).all()
    running = running_by_page()
    for page, _ in found:
        change_at(page.opens_at, page.closes_at)
    return {(page.site_id, page.slug): page_now(page, version, running.get(page.id)) for page, version in found}


def pages_to_choose() -> list[dict[str, str]]:
    """The pages of the site that the console shows."""
    site = shown_site()
    mine = [page for page in pages_by_slug().values() if site and page.site_id == site.id]
    return [{"key": page.slug, "label": in_locale(page.content["title"], spoken()) or page.slug} for page in mine]


def home_of(site: SiteNow) -> PageNow | None:
    """The page at `/`: the one that the site names, else the oldest that is open."""
    mine = [page for page in pages_by_slug().values() if page.site_id == site.id]
    named = [page for page in mine if page.slug == site.home]
    return next(iter(named or [page for page in mine if page.is_open(now())]), None)


def page_now(page: Page, version: PageVersion, experiment: ExperimentNow | None = None) -> PageNow:
    """This version of a page, as if it were the published one."""
    return PageNow(
        id=page.id,
        site_id=page.site_id,
        slug=page.slug,
        version_id=version.id,
        number=version.number,
        form_id=page.form_id,
        offer=offers().get(page.offer_id) if page.offer_id else None,
        content=version.content,
        published_at=version.published_at,
        opens_at=page.opens_at,
        closes_at=page.closes_at,
        afterwards=page.afterwards,
        password_hash=page.password_hash,
        unpublished_at=page.unpublished_at,
        experiment=experiment,
    )
