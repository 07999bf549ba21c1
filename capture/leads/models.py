"""People: who they are, how we know, and where they stand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class Lead(Base):
    """A person in one pipeline. Stage, score and touches are plain columns that the rooms above write."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint("pipeline IN ('marketing', 'recruiting')", name="pipeline"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        Index("ix_lead_pipeline_score", "pipeline", "score"),
        Index("ix_lead_pipeline_created_at", "pipeline", "created_at"),
        Index("ix_lead_pipeline_updated_at", "pipeline", "updated_at", "id"),
        {"info": {"personal": "erase"}},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    pipeline: Mapped[str] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(20))
    name: Mapped[str | None] = mapped_column(String(255))
    company: Mapped[str | None] = mapped_column(String(255))
    attributes: Mapped[dict[str, Any]] = mapped_column(Json)
    stage: Mapped[str] = mapped_column(String(16))
    score: Mapped[int] = mapped_column(Integer)
    grade: Mapped[int] = mapped_column(Integer)
    submissions: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str | None] = mapped_column(String(32))
    source: Mapped[str | None] = mapped_column(String(255))
    # Name, email, company and phone without accents and case, as `search_text` makes it.
    search: Mapped[str] = mapped_column(Text, server_default="")
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class Identity(Base):
    """What belongs to one person only: an email in its normal form, an id of another system."""

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("pipeline", "kind", "key"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    pipeline: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(320))
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), index=True)
    evidence: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class PhoneKey(Base):
    """A phone number that arrivals lock before they ask whose it is."""

    __tablename__ = "phone_key"
    __table_args__ = {"info": {"personal": "erase"}}

    pipeline: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(20), primary_key=True)


class LeadPhone(Base):
    """A phone may belong to several people: a family, a shop, an office."""

    __tablename__ = "lead_phone"
    __table_args__ = {"info": {"personal": "erase"}}

    pipeline: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(20), primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), primary_key=True, index=True)


class LeadValue(Base):
    """Every value that was ever given, with where it came from; the shown one is chosen among them."""

    __tablename__ = "lead_value"
    __table_args__ = (Index("ix_lead_value_lead_id_field", "lead_id", "field"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"))
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    field: Mapped[str] = mapped_column(String(64))
    value: Mapped[Any] = mapped_column(Json)
    evidence: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcTime)


class StageChange(Base):
    """From where to where, when, and why."""

    __tablename__ = "stage_change"
    __table_args__ = {"info": {"personal": "erase"}}

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), index=True)
    from_stage: Mapped[str | None] = mapped_column(String(16))
    to_stage: Mapped[str] = mapped_column(String(16))
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Doubt(Base):
    """Two people who may be one: joined by nobody but a person."""

    __tablename__ = "doubt"
    __table_args__ = (UniqueConstraint("lead_id", "other_lead_id", "reason"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"))
    other_lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), index=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    reason: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcTime)
    decision: Mapped[str | None] = mapped_column(String(16))
