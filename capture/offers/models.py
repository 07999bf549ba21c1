"""Offers: why people sign up. Files, coupons, and what was granted to whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class Asset(Base):
    """A file, kept under its digest outside every served folder."""

    __tablename__ = "asset"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(128))
    size: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Offer(Base):
    __tablename__ = "offer"
    __table_args__ = (UniqueConstraint("site_id", "slug"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    slug: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16))
    form_id: Mapped[str] = mapped_column(ForeignKey("form.id"))
    asset_id: Mapped[str | None] = mapped_column(ForeignKey("asset.id"))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Coupon(Base):
    """A stock of codes. The database itself refuses the one too many."""

    __tablename__ = "coupon"
    __table_args__ = (CheckConstraint('claimed >= 0 AND ("limit" IS NULL OR claimed <= "limit")', name="stock"),)

    offer_id: Mapped[str] = mapped_column(ForeignKey("offer.id"), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(12))
    value: Mapped[str] = mapped_column(String(64))
    limit: Mapped[int | None] = mapped_column(Integer)
    per_lead: Mapped[int] = mapped_column(Integer)
    claimed: Mapped[int] = mapped_column(Integer)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)


class CouponCode(Base):
    __tablename__ = "coupon_code"
    __table_args__ = (
        UniqueConstraint("offer_id", "lead_id", "ordinal"),
        {"info": {"personal": "keep", "why": "a code that was given stays valid at the till"}},
    )

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("offer.id"))
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), index=True)
    ordinal: Mapped[int] = mapped_column(Integer)
    value: Mapped[str] = mapped_column(String(64))
    claimed_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    redeemed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Grant(Base):
    """What one submission got: a file, a code, or the word that the codes ran out."""

    __tablename__ = "grant"
    __table_args__ = {"info": {"personal": "erase"}}

    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    offer_id: Mapped[str] = mapped_column(ForeignKey("offer.id"))
    lead_id: Mapped[str] = mapped_column(ForeignKey("lead.id"), index=True)
    state: Mapped[str] = mapped_column(String(16))
    code: Mapped[str | None] = mapped_column(ForeignKey("coupon_code.code"))
    granted_at: Mapped[datetime] = mapped_column(UtcTime)
