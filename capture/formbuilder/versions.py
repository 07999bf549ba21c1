"""Versions of a form: what changed, when, and who published it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from capture.accounts.models import AuditEntry
from capture.core.db import db
from capture.core.errors import NotFound
from capture.formbuilder.differences import difference
from capture.formbuilder.models import Form, FormVersion

MOST = 100


def versions_of(site_id: str, slug: str) -> list[dict[str, Any]]:
    """Newest first, at most a hundred."""
    rows = _versions(site_id, slug).order_by(FormVersion.number.desc()).limit(MOST + 1)
    found = db.session.execute(rows).scalars().all()
    by = _published_by(slug, [one.published_at for one in found])
    earlier = {one.number: one.schema for one in found}
    return [
        {
            "number": one.number,
            "at": one.published_at,
            "by": by.get(one.published_at, ""),
            "difference": difference(earlier[one.number - 1], one.schema) if one.number - 1 in earlier else None,
        }
        for one in found[:MOST]
    ]


def schema_of_version(site_id: str, slug: str, number: int) -> list[dict[str, Any]]:
    """The fields of one version, to be published again."""
    found = db.session.execute(_versions(site_id, slug).where(FormVersion.number == number)).scalar()
    if found is None:
        raise NotFound("There is no such version.")
    return list(found.schema["fields"])


def frozen_names(site_id: str, slug: str) -> frozenset[str]:
    """Machine names that were published once: answers point at them."""
    schemas = db.session.execute(_versions(site_id, slug)).scalars()
    return frozenset(field["name"] for one in schemas for field in one.schema["fields"])


def _versions(site_id: str, slug: str) -> Select[FormVersion]:
    mine = select(FormVersion).join(Form, Form.id == FormVersion.form_id)
    return mine.where(Form.site_id == site_id, Form.slug == slug)


def _published_by(slug: str, times: Sequence[Any]) -> dict[Any, str]:
    """The audit entry of the same transaction has the same time; nobody is named for the operator's site file."""
    entries = select(AuditEntry.at, AuditEntry.actor).where(
        AuditEntry.action == "forms.change",
        AuditEntry.subject == slug,
        AuditEntry.at.in_(times),
        AuditEntry.actor != "operator",
    )
    return {at: actor for at, actor in db.session.execute(entries)}
