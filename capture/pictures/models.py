"""Pictures and their files. They are in the database, so that every node serves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class Picture(Base):
    """`digest` is of what is kept, `source_digest` of what was brought: both say that a file is known already.

    The focal point is in per cent from the top left. `crop` is the shape that is cut around it; width and height are
    those of the cut. `alt` is a text by locale.
    """

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("site_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    name: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    source_digest: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    focal_x: Mapped[int] = mapped_column(Integer)
    focal_y: Mapped[int] = mapped_column(Integer)
    crop: Mapped[str | None] = mapped_column(String(8))
    alt: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str] = mapped_column(String(320))
    retired_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PictureOriginal(Base):
    """The whole picture, of which another cut can be made."""

    __tablename__ = "picture_original"

    picture_id: Mapped[str] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class PictureFile(Base):
    """One size in one format, as browsers get it."""

    __tablename__ = "picture_file"

    picture_id: Mapped[str] = mapped_column(ForeignKey("picture.id", ondelete="CASCADE"), primary_key=True)
    width: Mapped[int] = mapped_column(Integer, primary_key=True)
    media_type: Mapped[str] = mapped_column(String(32), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
