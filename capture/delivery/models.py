"""What leaves the house: destinations, messages, one delivery for each pair of them, and every attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base

STATES = ("waiting", "delivered", "failed", "skipped")


class Destination(Base):
    __tablename__ = "destination"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(64))
    pipeline: Mapped[str] = mapped_column(String(16))
    url: Mapped[str] = mapped_column(Text)
    secret: Mapped[str | None] = mapped_column(Text)
    # The one before signs too until then.
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcTime)
    events: Mapped[list[str]] = mapped_column(Json)
    condition: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcTime)
    pause_reason: Mapped[str | None] = mapped_column(String(255))


class Message(Base):
    """The bytes that every attempt sends; its id is the `webhook-id`."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_created_at", "created_at"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    pipeline: Mapped[str] = mapped_column(String(16))
    type: Mapped[str] = mapped_column(String(32))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("lead.id"), index=True)
    submission_id: Mapped[str | None] = mapped_column(ForeignKey("submission.id"), index=True)
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Delivery(Base):
    """A message on its way to one destination. `lead_id` is the message's: a lead's messages keep their order."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("message_id", "destination_id"),
        CheckConstraint("state IN ('waiting', 'delivered', 'failed', 'skipped')", name="state"),
        Index("ix_delivery_state_due_at", "state", "due_at"),
        Index("ix_delivery_destination_id_state_due_at", "destination_id", "state", "due_at", "id"),
        Index("ix_delivery_lead_id_destination_id", "lead_id", "destination_id", "message_id"),
        {"info": {"personal": "erase"}},
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"))
    destination_id: Mapped[str] = mapped_column(ForeignKey("destination.id"))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("lead.id"))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    due_at: Mapped[datetime] = mapped_column(UtcTime)
    claim: Mapped[str | None] = mapped_column(String(36))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    why: Mapped[str | None] = mapped_column(String(255))
    settled_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Attempt(Base):
    __tablename__ = "attempt"
    __table_args__ = (Index("ix_attempt_delivery_id_at", "delivery_id", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("delivery.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)
    milliseconds: Mapped[int] = mapped_column(Integer)
    status: Mapped[int | None] = mapped_column(Integer)
    outcome: Mapped[str] = mapped_column(String(32))
    answer: Mapped[str | None] = mapped_column(Text)
