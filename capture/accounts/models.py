"""Who works here: users, how they prove it, their sessions and links, the tokens of machines, and the audit log."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from capture.core.columns import Id, Json, UtcTime
from capture.core.db import Base


class User(Base):
    """A colleague. Who was invited and has never come in has no `joined_at`."""

    __tablename__ = "user"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'marketer', 'sales', 'recruiter', 'viewer')", name="role"),
        Index("uq_user_issuer_key", "issuer_key", unique=True),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcTime)
    invited_by: Mapped[str | None] = mapped_column(String(320))
    joined_at: Mapped[datetime | None] = mapped_column(UtcTime)
    seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    locale: Mapped[str | None] = mapped_column(String(8))
    timezone: Mapped[str | None] = mapped_column(String(64))
    # Sealed with the installation's key; it counts from `factor_at` on, when a first code proved it.
    factor_secret: Mapped[str | None] = mapped_column(String(255))
    factor_at: Mapped[datetime | None] = mapped_column(UtcTime)
    factor_step: Mapped[int | None] = mapped_column(Integer)
    issuer_key: Mapped[str | None] = mapped_column(String(512))


class RecoveryCode(Base):
    """Stands in once for a lost second factor."""

    __tablename__ = "recovery_code"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class FactorRule(Base):
    """A role whose people need a second factor."""

    __tablename__ = "factor_rule"

    role: Mapped[str] = mapped_column(String(16), primary_key=True)


class SignIn(Base):
    """A session: it lives here, so that signing out ends it at once. Only the digest of its token is kept.

    With `code_due_at` it is half a session: the password was right, the second factor is still to come.
    """

    __tablename__ = "sign_in"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    seen_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    how: Mapped[str] = mapped_column(String(16), server_default="link")
    code_due_at: Mapped[datetime | None] = mapped_column(UtcTime)
    tries: Mapped[int] = mapped_column(Integer, server_default="0")


class SignInEvent(Base):
    """An attempt to sign in, as its owner may read it; without a user, somebody who is not here."""

    __tablename__ = "sign_in_event"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"), index=True)
    how: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(16))
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(255))


class SignInLink(Base):
    """A one-time link; used once, by a press of a button and not by a look of a mail scanner."""

    __tablename__ = "sign_in_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16), server_default="link")
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ResetRequest(Base):
    """Somebody forgot a password. The worker looks whose it is, so that the answer can tell nothing."""

    __tablename__ = "reset_request"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(320))
    origin: Mapped[str] = mapped_column(String(255))
    locale: Mapped[str] = mapped_column(String(8))
    at: Mapped[datetime] = mapped_column(UtcTime)


class IssuerVisit(Base):
    """Somebody was sent to the identity provider; the answer is good once, and only in the same browser."""

    __tablename__ = "issuer_visit"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64))
    nonce: Mapped[str] = mapped_column(String(64))
    verifier: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcTime)


class ApiToken(Base):
    __tablename__ = "api_token"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_by: Mapped[str | None] = mapped_column(String(320))


class AuditEntry(Base):
    """Who did what, when. Written in the transaction of what was done."""

    __tablename__ = "audit_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime, index=True)
    actor: Mapped[str] = mapped_column(String(320), index=True)
    action: Mapped[str] = mapped_column(String(64), index=True)
    subject: Mapped[str] = mapped_column(String(255))
    details: Mapped[dict[str, Any]] = mapped_column(Json)
