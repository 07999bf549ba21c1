"""What was answered under an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Json, UtcTime
from capture.core.db import Base


class KeptAnswer(Base):
    """The answer to one request of one token, until it is forgotten."""

    __tablename__ = "kept_answer"

    token_id: Mapped[str] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int] = mapped_column(Integer)
    value: Mapped[Any | None] = mapped_column(Json)
    expires_at: Mapped[datetime] = mapped_column(UtcTime, index=True)
