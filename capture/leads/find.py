"""Find the lead that an arrival belongs to, or create it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from capture.core.ids import new_id
from capture.core.statements import Fixed, at_most
from capture.leads.identity import email_key, names_are_compatible
from capture.leads.models import Doubt, Identity, Lead, LeadPhone, PhoneKey

# A phone that so many people gave is a switchboard or a joke: it says nothing about who somebody is.
MEANINGLESS_FROM = 20
NEW_LEAD: dict[str, Any] = {
    "email": None, "phone": None, "name": None, "company": None, "attributes": {}, "channel": None, "source": None,
    "stage": "raw", "score": 0, "grade": 1, "submissions": 0,
}  # fmt: skip


def _locked_phone(upsert: Any) -> Any:
    statement = upsert(PhoneKey).values(pipeline=bindparam("_pipeline"), key=bindparam("_key"))
    return statement.on_conflict_do_update(index_elements=["pipeline", "key"], set_={"key": statement.excluded.key})


_LOCK_PHONE = Fixed(_locked_phone)
_OWNERS_OF_PHONE = Fixed(
    select(Lead.id, Lead.name)
    .join(LeadPhone, LeadPhone.lead_id == Lead.id)
    .where(LeadPhone.pipeline == bindparam("_pipeline"), LeadPhone.key == bindparam("_key"))
    .order_by(Lead.id)
    .limit(at_most(MEANINGLESS_FROM))
)
_OWNER_OF_EMAIL = Fixed(
    select(Identity.lead_id).where(
        Identity.pipeline == bindparam("_pipeline"), Identity.kind == "email", Identity.key == bindparam("_key")
    )
)
_LOCKED_LEAD = Fixed(select(Lead.__table__).where(Lead.id == bindparam("_id")).with_for_update())
_NEW_LEAD = Fixed(insert(Lead), columns=["id", "pipeline", *NEW_LEAD, "created_at", "updated_at"])
_NEW_EMAIL = Fixed(insert(Identity), columns=["id", "pipeline", "kind", "key", "lead_id", "evidence", "created_at"])
_NEW_PHONE = Fixed(lambda upsert: upsert(LeadPhone).on_conflict_do_nothing(), columns=["pipeline", "key", "lead_id"])
_NEW_DOUBT = Fixed(
    lambda upsert: upsert(Doubt).on_conflict_do_nothing(),
    columns=["id", "lead_id", "other_lead_id", "submission_id", "reason", "created_at"],
)


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
    key = email_key(contact.email) if contact.email else None
    owner = _owner_of_email(write, pipeline, key) if key else None
    if owner is not None:
        person = _known(write, owner)
        _weigh_phone(person, owners)
    else:
        match = _one_match(contact, owners)
        person = _known(write, match) if match else _created(write, pipeline, at)
        _remember_email(write, pipeline, person.id, key, at)
    _remember_phone(write, pipeline, person, contact.phone, owners)
    return person


def note_doubts(write: Connection, person: Person, *, submission_id: str, at: datetime) -> None:
    """Store, for a person to decide, that this lead and the owner of its phone may be one."""
    for other in person.others:
        row = {"id": new_id(), "lead_id": person.id, "other_lead_id": other, "submission_id": submission_id}
        _NEW_DOUBT.run(write, {**row, "reason": "phone_of_another", "created_at": at})


def _owners_of_phone(write: Connection, pipeline: str, phone: str) -> Sequence[Any]:
    """Who has this phone. Its row is locked first, or two arrivals would each find nobody; SQLite has one writer."""
    key = {"_pipeline": pipeline, "_key": phone}
    if write.dialect.name != "sqlite":
        _LOCK_PHONE.run(write, key)
    return _OWNERS_OF_PHONE.rows(write, key)


def _owner_of_email(write: Connection, pipeline: str, key: str) -> str | None:
    found = _OWNER_OF_EMAIL.first(write, {"_pipeline": pipeline, "_key": key})
    return None if found is None else str(found.lead_id)


def _known(write: Connection, lead_id: str) -> Person:
    """Locked, so that two arrivals of one person count and score one after the other."""
    return Person(id=lead_id, is_new=False, row=_LOCKED_LEAD.first(write, {"_id": lead_id})._asdict())


def _weigh_phone(person: Person, owners: Sequence[Any]) -> None:
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
    _NEW_LEAD.run(write, {"id": lead_id, "pipeline": pipeline, **NEW_LEAD, "created_at": at, "updated_at": at})
    return Person(id=lead_id, is_new=True, row={})


def _remember_email(write: Connection, pipeline: str, lead_id: str, key: str | None, at: datetime) -> None:
    if key:
        row = {"id": new_id(), "pipeline": pipeline, "kind": "email", "key": key, "lead_id": lead_id}
        _NEW_EMAIL.run(write, {**row, "evidence": "typed", "created_at": at})


def _remember_phone(write: Connection, pipeline: str, person: Person, phone: str | None, owners: Sequence[Any]) -> None:
    if phone and not person.phone_is_doubted and person.id not in [owner.id for owner in owners]:
        _NEW_PHONE.run(write, {"pipeline": pipeline, "key": phone, "lead_id": person.id})
