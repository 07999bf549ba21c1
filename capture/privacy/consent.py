"""Write a consent receipt: given or not, with the exact words that were shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from capture.core.ids import new_id
from capture.core.statements import Fixed
from capture.privacy.models import Consent

_INSERT = Fixed(insert(Consent), columns=["id", "lead_id", "submission_id", "purpose", "given", "text", "locale", "at"])
_OF_LEAD = Fixed(
    select(Consent.purpose, Consent.given, Consent.at, Consent.text)
    .where(Consent.lead_id == bindparam("_lead"))
    .order_by(Consent.given, Consent.at, Consent.id)
)


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
    _INSERT.run_many(write, rows)


def consents_begun(asked: Sequence[Asked], at: datetime) -> list[Mapping[str, Any]]:
    """`consents_of` somebody never seen before, from what was just written, without asking for it again."""
    newest = {one.purpose: one for one in sorted(asked, key=lambda one: one.given)}
    return [
        {"purpose": purpose, "given": one.given, "at": at, "text": one.text} for purpose, one in sorted(newest.items())
    ]


def consents_of(read: Connection, lead_id: str) -> list[Mapping[str, Any]]:
    """What holds for each purpose, in the order of purposes: leaving a box empty later takes no consent back."""
    newest = {row.purpose: row._asdict() for row in _OF_LEAD.rows(read, {"_lead": lead_id})}
    return [newest[purpose] for purpose in sorted(newest)]
