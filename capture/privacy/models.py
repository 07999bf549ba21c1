"""Consent receipts: the purpose, the exact words, when, where, and how they were given."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, UtcTime
from capture.core.db import Base


class Consent(Base):
    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_lead_id_at", "lead_id", "at"),
        {"info": {"personal": "keep", "why": "the proof that a person agreed outlives their data"}},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"))
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"))
    purpose: Mapped[str] = mapped_column(String(64))
    given: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcTime)
