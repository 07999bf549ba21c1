"""Find the lead that an arrival belongs to, or create it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from capture.core.ids import new_id
from capture.leads.identity import email_key, names_are_compatible
from capture.leads.models import Doubt, Identity, Lead, LeadPhone, PhoneKey

# A phone that so many people gave is a switchboard or a joke: it says nothing about who somebody is.
MEANINGLESS_FROM = 20


@dataclass(frozen=True)
class Contact:
    """What an arrival says about who it is: clean values; `phone` is E.164."""

    email: str | None
    phone: str | None
    name: str | None


@dataclass
class Person:
    """The lead of an arrival. `row` has its columns as they were (empty for a new one)."""

    id: str
    is_new: bool
    row: dict[str, Any]
    phone_is_doubted: bool = False
    others: list[str] = field(default_factory=list)


def find_or_create(write: Connection, contact: Contact, *, pipeline: str, at: datetime) -> Person:
    """Same email → same lead; same phone and a compatible name → same lead; else a new one.

    Raises IntegrityError when another arrival of the same person was first: run the transaction again.
    """
    owners = _owners_of_phone(write, pipeline, contact.phone) if contact.phone else []
    owner = _owner_of_email(write, pipeline, contact.email) if contact.email else None
    if owner is not None:
        person = _known(write, owner)
        _weigh_phone(write, person, contact, owners)
    else:
        match = _one_match(contact, owners)
        person = _known(write, match) if match else _created(write, pipeline, at)
        _remember_email(write, pipeline, person.id, contact.email, at)
    _remember_phone(write, pipeline, person, contact.phone, owners)
    return person


def note_doubts(write: Connection, person: Person, *, submission_id: str, at: datetime) -> None:
    """Store, for a person to decide, that this lead and the owner of its phone may be one."""
    for other in person.others:
        row = {"id": new_id(), "lead_id": person.id, "other_lead_id": other, "submission_id": submission_id}
        values = {**row, "reason": "phone_of_another", "created_at": at}
        write.execute(_upserting(write)(Doubt).on_conflict_do_nothing(), values)


def _owners_of_phone(write: Connection, pipeline: str, phone: str) -> Sequence[Any]:
    """Who has this phone. Its row is locked first, or two arrivals would each find nobody."""
    key = {"pipeline": pipeline, "key": phone}
    statement = _upserting(write)(PhoneKey)
    locked = statement.on_conflict_do_update(index_elements=["pipeline", "key"], set_={"key": statement.excluded.key})
    write.execute(locked, key)
    rows = select(Lead.id, Lead.name).join(LeadPhone, LeadPhone.lead_id == Lead.id)
    mine = rows.where(LeadPhone.pipeline == pipeline, LeadPhone.key == phone)
    return write.execute(mine.order_by(Lead.id).limit(MEANINGLESS_FROM)).all()


def _owner_of_email(write: Connection, pipeline: str, email: str) -> str | None:
    mine = select(Identity.lead_id).where(
        Identity.pipeline == pipeline, Identity.kind == "email", Identity.key == email_key(email)
    )
    return write.execute(mine).scalar()


def _known(write: Connection, lead_id: str) -> Person:
    """Locked, so that two arrivals of one person count and score one after the other."""
    row = write.execute(select(Lead.__table__).where(Lead.id == lead_id).with_for_update()).mappings().one()
    return Person(id=lead_id, is_new=False, row=dict(row))


def _weigh_phone(write: Connection, person: Person, contact: Contact, owners: Sequence[Any]) -> None:
    """An email of one person beside a phone of another joins nobody."""
    ids = [owner.id for owner in owners]
    if not ids or person.id in ids or len(ids) >= MEANINGLESS_FROM:
        return
    person.phone_is_doubted = True
    person.others = ids


def _one_match(contact: Contact, owners: Sequence[Any]) -> str | None:
    """The one owner with a compatible name. Two of them would be a guess."""
    matches = [owner.id for owner in owners if names_are_compatible(owner.name, contact.name)]
    return matches[0] if len(matches) == 1 and len(owners) < MEANINGLESS_FROM else None


def _created(write: Connection, pipeline: str, at: datetime) -> Person:
    lead_id = new_id()
    empty: dict[str, Any] = {
        "email": None,
        "phone": None,
        "name": None,
        "company": None,
        "attributes": {},
        "channel": None,
    }
    values = {"id": lead_id, "pipeline": pipeline, **empty, "source": None, "created_at": at, "updated_at": at}
    write.execute(insert(Lead), {**values, "stage": "raw", "score": 0, "grade": 1, "submissions": 0})
    return Person(id=lead_id, is_new=True, row={})


def _remember_email(write: Connection, pipeline: str, lead_id: str, email: str | None, at: datetime) -> None:
    if email:
        row = {"id": new_id(), "pipeline": pipeline, "kind": "email", "key": email_key(email), "lead_id": lead_id}
        write.execute(insert(Identity), {**row, "evidence": "typed", "created_at": at})


def _remember_phone(write: Connection, pipeline: str, person: Person, phone: str | None, owners: Sequence[Any]) -> None:
    if phone and not person.phone_is_doubted and person.id not in [owner.id for owner in owners]:
        row = {"pipeline": pipeline, "key": phone, "lead_id": person.id}
        write.execute(_upserting(write)(LeadPhone).on_conflict_do_nothing(), row)


def _upserting(write: Connection) -> Any:
    return postgresql.insert if write.dialect.name == "postgresql" else sqlite.insert
