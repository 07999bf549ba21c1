"""How pages did lately: who looked, and who left their details. Submissions are a higher room, asked by their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import distinct, func, select

from capture.core.db import Base, db
from capture.pages.models import PageVersion
from capture.sites.queries import LOCALES, SiteNow
from capture.tracking.models import Touchpoint, Visitor

DAYS = 30


@dataclass(frozen=True)
class Numbers:
    """Distinct visitors and accepted submissions of the last 30 days."""

    visitors: int = 0
    leads: int = 0

    @property
    def rate(self) -> float | None:
        """Conversion rate: leads ÷ visitors, at most 1, as a view may be missed; None where nobody looked."""
        return min(self.leads / self.visitors, 1.0) if self.visitors else None


def numbers_of(site: SiteNow, pages: Mapping[str, str], at: datetime) -> dict[str, Numbers]:
    """Page id → numbers; `pages` maps ids to slugs."""
    since = at - timedelta(days=DAYS)
    views, leads = _visitors(site, list(pages.values()), since), _leads(list(pages), since)
    return {page_id: Numbers(views.get(slug, 0), leads.get(page_id, 0)) for page_id, slug in pages.items()}


def _visitors(site: SiteNow, slugs: Sequence[str], since: datetime) -> dict[str, int]:
    paths = {path: slug for slug in slugs for path in (f"/{slug}", *(f"/{locale}/{slug}" for locale in LOCALES))}
    if site.home in slugs:
        paths |= {"/": str(site.home), **{f"/{locale}": str(site.home) for locale in LOCALES}}
    seen = select(Touchpoint.page, func.count(distinct(Touchpoint.visitor_id)))
    mine = seen.join(Visitor, Visitor.id == Touchpoint.visitor_id).where(
        Touchpoint.kind == "page_view", Touchpoint.page.in_(paths), Touchpoint.at >= since, Visitor.site_id == site.id
    )
    found: dict[str, int] = {}
    for path, count in db.session.execute(mine.group_by(Touchpoint.page)):
        slug = paths[str(path)]
        found[slug] = found.get(slug, 0) + count
    return found


def _leads(page_ids: Sequence[str], since: datetime) -> dict[str, int]:
    submission = Base.metadata.tables["submission"]
    counted = select(PageVersion.page_id, func.count(distinct(submission.c.lead_id)))
    mine = counted.join(submission, submission.c.page_version_id == PageVersion.id).where(
        PageVersion.page_id.in_(page_ids), submission.c.status == "accepted", submission.c.received_at >= since
    )
    return {str(page_id): count for page_id, count in db.session.execute(mine.group_by(PageVersion.page_id))}
