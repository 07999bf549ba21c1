"""Experiments on pages. What a running one shows, and how it divides its visitors, is never overwritten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base

KEYS = ("a", "b", "c", "d", "e")
CONTROL = "a"


class Experiment(Base):
    """A draft until `started_at`, running until `ended_at`; `winner` is the key of the variant that was kept."""

    __tablename__ = "experiment"
    __table_args__ = (
        UniqueConstraint("site_id", "slug"),
        CheckConstraint("allocation IN ('fixed', 'adaptive')", name="allocation"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"), index=True)
    slug: Mapped[str] = mapped_column(String(64))
    allocation: Mapped[str] = mapped_column(String(8))
    salt: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcTime)
    started_by: Mapped[str | None] = mapped_column(String(320))
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_by: Mapped[str | None] = mapped_column(String(320))
    winner: Mapped[str | None] = mapped_column(String(8))


# Whoever starts second, finds the first one running.
_RUNNING = and_(Experiment.started_at.is_not(None), Experiment.ended_at.is_(None))
Index(
    "uq_experiment_page_id_running",
    Experiment.page_id,
    unique=True,
    sqlite_where=_RUNNING,
    postgresql_where=_RUNNING,
)


class Variant(Base):
    """`changes` is what differs from the page, as in the site file; `page_version_id` what visitors see, once begun."""

    __tablename__ = "variant"

    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    weight: Mapped[int] = mapped_column(Integer)
    changes: Mapped[dict[str, Any]] = mapped_column(Json)
    page_version_id: Mapped[str | None] = mapped_column(ForeignKey("page_version.id"), index=True)


class Split(Base):
    """How visitors are divided from a moment on: thousandths by key, the newest number counts."""

    __tablename__ = "split"

    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    shares: Mapped[dict[str, int]] = mapped_column(Json)
    begins_at: Mapped[datetime] = mapped_column(UtcTime)


class Exposure(Base):
    """Somebody was shown a variant, counted once. `submission_id` is what they sent from it.

    `visitor` is the browser's id, or the daily digest of address and agent. `way`: `script`, `request`, or `dropped`
    for a digest that turned out to have script: it is counted under its id, and must not be counted again.
    """

    __tablename__ = "exposure"
    __table_args__ = (
        CheckConstraint("way IN ('script', 'request', 'dropped')", name="way"),
        Index("ix_exposure_way_first_at", "way", "first_at"),
        {"info": {"personal": "erase", "visitor": "visitor"}},
    )

    experiment_id: Mapped[str] = mapped_column(ForeignKey("experiment.id", ondelete="CASCADE"), primary_key=True)
    visitor: Mapped[str] = mapped_column(String(36), primary_key=True)
    variant: Mapped[str] = mapped_column(String(8))
    split: Mapped[int] = mapped_column(Integer)
    first_at: Mapped[datetime] = mapped_column(UtcTime)
    way: Mapped[str] = mapped_column(String(8))
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id", ondelete="SET NULL"), index=True)
