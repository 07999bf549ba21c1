"""Publish a page: a new version that never changes again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from capture.core.errors import Conflict
from capture.core.ids import new_id
from capture.pages.experiments.models import Experiment
from capture.pages.models import Page, PageVersion


def publish(write: Connection, page_id: str, content: Mapping[str, Any], *, by: str, at: datetime) -> int:
    """Store the version and make it the one that visitors see; returns its number.

    Raises Conflict while an experiment runs on the page: what is being compared must not change.
    """
    if slug := running_on(write, page_id):
        raise Conflict(f"The experiment `{slug}` runs on this page: end it before the page changes.")
    number, _ = keep_version(write, page_id, content, by=by, at=at)
    write.execute(update(Page).where(Page.id == page_id).values(version=number))
    return number


def keep_version(
    write: Connection, page_id: str, content: Mapping[str, Any], *, by: str, at: datetime
) -> tuple[int, str]:
    """Store a version without showing it, as an experiment needs it; returns its number and id."""
    last = select(func.coalesce(func.max(PageVersion.number), 0)).where(PageVersion.page_id == page_id)
    number, version_id = int(write.execute(last).scalar_one()) + 1, new_id()
    row = {"id": version_id, "page_id": page_id, "number": number, "content": dict(content)}
    write.execute(insert(PageVersion).values(**row, published_at=at, published_by=by))
    return number, version_id


def running_on(write: Connection, page_id: str) -> str | None:
    """The slug of the experiment that runs on a page."""
    running = (Experiment.started_at.is_not(None), Experiment.ended_at.is_(None))
    return write.execute(select(Experiment.slug).where(Experiment.page_id == page_id, *running)).scalar()
