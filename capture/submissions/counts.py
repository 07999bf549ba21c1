"""How much is sent, for the screens of forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select

from capture.core.clock import now
from capture.core.db import db
from capture.submissions.models import Submission

RECENT = timedelta(days=30)


def by_form(site_id: str) -> Mapping[str, int]:
    """Form id → accepted submissions of the last thirty days."""
    counted = select(Submission.form_id, func.count()).where(
        Submission.site_id == site_id, Submission.status == "accepted", Submission.received_at > now() - RECENT
    )
    return {form_id: number for form_id, number in db.session.execute(counted.group_by(Submission.form_id))}
