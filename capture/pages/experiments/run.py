"""Begin an experiment, divide its visitors anew, end it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from capture.core.errors import Conflict
from capture.pages.experiments.allocation import thousandths
from capture.pages.experiments.models import CONTROL, Experiment, Split, Variant
from capture.pages.models import Page, PageVersion
from capture.pages.publish import keep_version, publish, running_on
from capture.sites.models import Site


def start(write: Connection, experiment_id: str, *, by: str, at: datetime) -> None:
    """Freeze what each variant shows, and let visitors see it. Raises Conflict with what is in the way."""
    found = _page_of(write, experiment_id)
    _refuse_if_in_the_way(write, found)
    weights: dict[str, float] = {}
    for variant in write.execute(select(Variant.__table__).where(Variant.experiment_id == experiment_id)).mappings():
        weights[variant["key"]] = variant["weight"]
        _freeze(write, variant, found, by=by, at=at)
    divide(write, experiment_id, thousandths(weights), at=at)
    begun = {"started_at": at, "started_by": by}
    write.execute(update(Experiment).where(Experiment.id == experiment_id).values(**begun))


def divide(write: Connection, experiment_id: str, shares: Mapping[str, int], *, at: datetime) -> None:
    """From now on; who has seen a variant keeps it."""
    last = select(func.coalesce(func.max(Split.number), 0)).where(Split.experiment_id == experiment_id)
    number = int(write.execute(last).scalar_one()) + 1
    row = {"experiment_id": experiment_id, "number": number, "shares": dict(shares), "begins_at": at}
    write.execute(insert(Split).values(**row))


def end(write: Connection, experiment_id: str, *, keep: str, by: str, at: datetime) -> None:
    """Visitors see the kept variant: the page as it was, or a new version with what the variant showed."""
    over = {"ended_at": at, "ended_by": by, "winner": keep}
    running = (Experiment.id == experiment_id, Experiment.started_at.is_not(None), Experiment.ended_at.is_(None))
    if not write.execute(update(Experiment).where(*running).values(**over)).rowcount:
        raise Conflict("This experiment is not running.")
    if keep != CONTROL:
        shown = select(PageVersion.page_id, PageVersion.content).join(
            Variant, Variant.page_version_id == PageVersion.id
        )
        kept = (Variant.experiment_id == experiment_id, Variant.key == keep)
        page_id, content = write.execute(shown.where(*kept)).one()
        publish(write, page_id, content, by=by, at=at)


def _page_of(write: Connection, experiment_id: str) -> Any:
    """The page, its published version, and whether its site counts anybody."""
    rows = (
        select(
            Page.id, Page.slug, Page.retired_at, PageVersion.id.label("version_id"), PageVersion.content, Site.tracking
        )
        .join(Experiment, Experiment.page_id == Page.id)
        .join(Site, Site.id == Page.site_id)
        .outerjoin(PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version))
    )
    return write.execute(rows.where(Experiment.id == experiment_id)).one()


def _refuse_if_in_the_way(write: Connection, page: Any) -> None:
    if page.retired_at is not None or page.version_id is None:
        raise Conflict("The page is not published.")
    if page.tracking == "off":
        raise Conflict("This site has tracking switched off, so nobody could be counted.")
    if running_on(write, page.id):
        raise Conflict("Another experiment runs on this page: end that one first.")


def _freeze(write: Connection, variant: Any, page: Any, *, by: str, at: datetime) -> None:
    version_id = page.version_id
    if variant["key"] != CONTROL:
        _, version_id = keep_version(write, page.id, {**page.content, **variant["changes"]}, by=by, at=at)
    mine = (Variant.experiment_id == variant["experiment_id"], Variant.key == variant["key"])
    write.execute(update(Variant).where(*mine).values(page_version_id=version_id))
