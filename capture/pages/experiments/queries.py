"""Experiments as the public paths know them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from capture.core.clock import now
from capture.core.db import db
from capture.pages.experiments.allocation import variant_of
from capture.pages.experiments.models import Experiment, Split, Variant
from capture.pages.models import PageVersion
from capture.sites.revision import of_revision

# Whoever opened the page before the end may still be filling in its form.
AFTER = timedelta(days=1)
FORCED = "forced"


@dataclass(frozen=True)
class VariantNow:
    """What a variant shows: a page version that never changes."""

    key: str
    name: str
    version_id: str
    number: int
    content: Mapping[str, Any]
    published_at: datetime


@dataclass(frozen=True)
class ExperimentNow:
    """An experiment that runs, or ran until a moment ago; `shares` are the thousandths of split number `split`."""

    id: str
    page_id: str
    site_id: str
    salt: str
    split: int
    shares: Mapping[str, int]
    is_running: bool
    variants: Mapping[str, VariantNow] = field(default_factory=dict)

    def key_for(self, visitor: str) -> str:
        return variant_of(visitor, self.salt, self.shares)


@dataclass(frozen=True)
class Claim:
    """Which variant was shown, as a page tells it to its form and its beacons: `<experiment>:<key>`.

    One that was forced by address ends in `:forced`, and is never counted.
    """

    experiment: ExperimentNow
    key: str
    is_forced: bool = False

    def __str__(self) -> str:
        return f"{self.experiment.id}:{self.key}" + (f":{FORCED}" if self.is_forced else "")

    @property
    def variant(self) -> VariantNow:
        return self.experiment.variants[self.key]


def claim_of(text: str | None) -> Claim | None:
    """The claim, if there is such a variant of an experiment that runs or has just ended."""
    experiment_id, _, rest = (text or "").partition(":")
    key, _, forced = rest.partition(":")
    experiment = experiments().get(experiment_id)
    if experiment is None or key not in experiment.variants or forced not in {"", FORCED}:
        return None
    return Claim(experiment, key, bool(forced))


@of_revision
def experiments() -> Mapping[str, ExperimentNow]:
    """By id: those that run, and those that ended within a day."""
    newest = select(func.max(Split.number)).where(Split.experiment_id == Experiment.id).correlate(Experiment)
    rows = select(Experiment, Split).join(
        Split, (Split.experiment_id == Experiment.id) & (Split.number == newest.scalar_subquery())
    )
    recent = or_(Experiment.ended_at.is_(None), Experiment.ended_at > now() - AFTER)
    found = db.session.execute(rows.where(Experiment.started_at.is_not(None), recent)).all()
    variants = _variants([experiment.id for experiment, _ in found]) if found else {}
    return {row.id: _now(row, split, variants[row.id]) for row, split in found}


@of_revision
def running_by_page() -> Mapping[str, ExperimentNow]:
    return {one.page_id: one for one in experiments().values() if one.is_running}


def _variants(ids: list[str]) -> dict[str, dict[str, VariantNow]]:
    rows = select(Variant, PageVersion).join(PageVersion, PageVersion.id == Variant.page_version_id)
    found: dict[str, dict[str, VariantNow]] = {one: {} for one in ids}
    for variant, version in db.session.execute(rows.where(Variant.experiment_id.in_(ids)).order_by(Variant.key)):
        shown = VariantNow(variant.key, variant.name, version.id, version.number, version.content, version.published_at)
        found[variant.experiment_id][variant.key] = shown
    return found


def _now(row: Experiment, split: Split, variants: Mapping[str, VariantNow]) -> ExperimentNow:
    return ExperimentNow(
        id=row.id,
        page_id=row.page_id,
        site_id=row.site_id,
        salt=row.salt,
        split=split.number,
        shares=split.shares,
        is_running=row.ended_at is None,
        variants=variants,
    )
