"""Submissions: what was sent, by whom, and what we made of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class Submission(Base):
    __tablename__ = "submission"
    __table_args__ = (
        CheckConstraint("status IN ('accepted', 'held')", name="status"),
        # An accepted submission is somebody's; a held one is nobody's until a person lets it through.
        CheckConstraint("(status = 'held') = (lead_id IS NULL)", name="owner"),
        Index("ix_submission_lead_id_received_at", "lead_id", "received_at"),
        Index("ix_submission_status_received_at", "status", "received_at"),
        {"info": {"personal": "erase"}},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    pipeline: Mapped[str] = mapped_column(String(16))
    form_id: Mapped[str] = mapped_column(ForeignKey("form.id"))
    form_version_id: Mapped[str] = mapped_column(ForeignKey("form_version.id"))
    page_version_id: Mapped[str | None] = mapped_column(ForeignKey("page_version.id"))
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("offer.id"))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("lead.id"))
    visitor_id: Mapped[str | None] = mapped_column(String(36))
    variant: Mapped[str | None] = mapped_column(String(8))
    status: Mapped[str] = mapped_column(String(16))
    verdict: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    extra: Mapped[dict[str, Any]] = mapped_column(Json)
    door: Mapped[str] = mapped_column(String(16))
    locale: Mapped[str] = mapped_column(String(8))
    landing_url: Mapped[str | None] = mapped_column(Text)
    referrer: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(512))
    submitted_at: Mapped[datetime] = mapped_column(UtcTime)
    received_at: Mapped[datetime] = mapped_column(UtcTime)


class Repeat(Base):
    """A key that was used: the same key with the same answers gets the first receipt again."""

    __tablename__ = "repeat"
    __table_args__ = {"info": {"personal": "erase"}}

    form_id: Mapped[str] = mapped_column(ForeignKey("form.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
