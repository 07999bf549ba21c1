"""Visitors before they have a name: who came from where, and what they looked at."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class Visitor(Base):
    """A browser. Its id is a claim of the browser: it points at a lead once and is never moved."""

    __tablename__ = "visitor"
    __table_args__ = {"info": {"personal": "erase"}}

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("lead.id"), index=True)
    first_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)


class Visit(Base):
    """A touch: one coming, kept raw, with the channel that was derived and the table that derived it."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_visitor_id_at", "visitor_id", "at"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visitor_id: Mapped[str] = mapped_column(ForeignKey("visitor.id"))
    at: Mapped[datetime] = mapped_column(UtcTime)
    landing_url: Mapped[str | None] = mapped_column(Text)
    landing_page: Mapped[str | None] = mapped_column(Text)
    referrer: Mapped[str | None] = mapped_column(Text)
    utm: Mapped[dict[str, Any]] = mapped_column(Json)
    click_ids: Mapped[dict[str, Any]] = mapped_column(Json)
    channel: Mapped[str] = mapped_column(String(32))
    source: Mapped[str] = mapped_column(String(255))
    medium: Mapped[str] = mapped_column(String(255))
    campaign: Mapped[str | None] = mapped_column(String(255))
    rule: Mapped[str] = mapped_column(Text)
    channel_table: Mapped[str] = mapped_column(String(32))


class Touchpoint(Base):
    """One thing that a visitor did."""

    __tablename__ = "touchpoint"
    __table_args__ = (Index("ix_touchpoint_visitor_id_at", "visitor_id", "at"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    visitor_id: Mapped[str] = mapped_column(ForeignKey("visitor.id"))
    kind: Mapped[str] = mapped_column(String(40))
    page: Mapped[str | None] = mapped_column(String(512))
    name: Mapped[str | None] = mapped_column(String(255))
    value: Mapped[float | None] = mapped_column(Float)
    at: Mapped[datetime] = mapped_column(UtcTime)


class PageRequest(Base):
    """A page that somebody asked for, kept for half an hour: a browser without script says nothing more.

    `digest` is of address and agent under a salt of the day; it is forgotten with the row.
    """

    __tablename__ = "page_request"
    __table_args__ = (Index("ix_page_request_digest_at", "digest", "at"), {"info": {"personal": "erase"}})

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(Text)
    page: Mapped[str] = mapped_column(String(512))
    referrer: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
