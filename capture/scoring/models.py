"""Scoring models, never changed once used, and the scores that they gave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class ScoringModel(Base):
    __tablename__ = "scoring_model"
    __table_args__ = (UniqueConstraint("site_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    number: Mapped[int] = mapped_column(Integer)
    rules: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Score(Base):
    """One receipt: the points, and the reasons that sum to them."""

    __tablename__ = "score"
    __table_args__ = (Index("ix_score_lead_id_at", "lead_id", "at"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"))
    model_id: Mapped[str] = mapped_column(ForeignKey("scoring_model.id"))
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    points: Mapped[int] = mapped_column(Integer)
    grade: Mapped[int] = mapped_column(Integer)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    at: Mapped[datetime] = mapped_column(UtcTime)
