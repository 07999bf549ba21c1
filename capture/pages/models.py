"""Landing pages. A published version never changes; a submission points at the one it came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base
from capture.pages.experiments import models as experiment_models

__all__ = ["Page", "PageDraft", "PagePresence", "PageStep", "PageVersion", "experiment_models"]


class Page(Base):
    """`version` is the published one, 0 before the first. Between `opens_at` and `closes_at` visitors see it; before,
    after, and while it is unpublished they are sent to `afterwards`."""

    __tablename__ = "page"
    __table_args__ = (UniqueConstraint("site_id", "slug"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    slug: Mapped[str] = mapped_column(String(64))
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("offer.id"))
    form_id: Mapped[str | None] = mapped_column(ForeignKey("form.id"))
    version: Mapped[int] = mapped_column(Integer)
    opens_at: Mapped[datetime | None] = mapped_column(UtcTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcTime)
    afterwards: Mapped[str | None] = mapped_column(String(2000))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    unpublished_at: Mapped[datetime | None] = mapped_column(UtcTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PageVersion(Base):
    """`content` is the page's entry of the site file, without what belongs to the page and not to its text."""

    __tablename__ = "page_version"
    __table_args__ = (UniqueConstraint("page_id", "number"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    page_id: Mapped[str] = mapped_column(ForeignKey("page.id"))
    number: Mapped[int] = mapped_column(Integer)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[datetime] = mapped_column(UtcTime)
    published_by: Mapped[str | None] = mapped_column(String(320))


class PageDraft(Base):
    """What is being edited: the step that is shown, and the newest one that undo has left behind for redo."""

    __tablename__ = "page_draft"

    page_id: Mapped[str] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer)
    newest: Mapped[int] = mapped_column(Integer)
    based_on: Mapped[int] = mapped_column(Integer)
    edited_at: Mapped[datetime] = mapped_column(UtcTime)
    edited_by: Mapped[str] = mapped_column(String(320))


class PageStep(Base):
    """One state of a draft. `content` is the page's entry of the site file with an `id` in each block."""

    __tablename__ = "page_step"

    page_id: Mapped[str] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any]] = mapped_column(Json)
    what: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    by: Mapped[str] = mapped_column(String(320))


class PagePresence(Base):
    """Who has the editor of a page open, and at which block."""

    __tablename__ = "page_presence"

    page_id: Mapped[str] = mapped_column(ForeignKey("page.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    block: Mapped[str | None] = mapped_column(String(16))
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
