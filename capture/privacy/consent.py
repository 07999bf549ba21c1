"""Write a consent receipt: given or not, with the exact words that were shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from capture.core.ids import new_id
from capture.privacy.models import Consent


@dataclass(frozen=True)
class Asked:
    """One box: what it was for, what it said, whether it was ticked."""

    purpose: str
    given: bool
    text: str


def record_consent(
    write: Connection, asked: Sequence[Asked], *, lead_id: str, submission_id: str, locale: str, at: datetime
) -> None:
    owner = {"lead_id": lead_id, "submission_id": submission_id, "locale": locale, "at": at}
    rows = [{"id": new_id(), **owner, "purpose": one.purpose, "given": one.given, "text": one.text} for one in asked]
    if rows:
        write.execute(insert(Consent), rows)


def consents_of(read: Connection, lead_id: str) -> list[Mapping[str, Any]]:
    """What holds for each purpose, in the order of purposes: leaving a box empty later takes no consent back."""
    rows = select(Consent.purpose, Consent.given, Consent.at, Consent.text).where(Consent.lead_id == lead_id)
    ordered = rows.order_by(Consent.given, Consent.at, Consent.id)
    newest = {row["purpose"]: dict(row) for row in read.execute(ordered).mappings()}
    return [newest[purpose] for purpose in sorted(newest)]
