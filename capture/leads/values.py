"""Keep every value that was given, with its source, and show the best of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from capture.core.ids import new_id
from capture.leads.evidence import Value, shown_values
from capture.leads.find import Person
from capture.leads.models import LeadValue

OWN_COLUMNS = ("email", "phone", "name", "company")
_INSERT = insert(LeadValue)


def keep_values(
    write: Connection, person: Person, given: Mapping[str, Any], *, submission_id: str, at: datetime
) -> dict[str, Any]:
    """Write what was given; returns the lead's columns `email phone name company attributes` as they are now."""
    values = [Value(field, value, _evidence(person, field), at) for field, value in given.items()]
    rows = [_row(person.id, submission_id, one) for one in values]
    if rows:
        write.execute(_INSERT, rows)
    earlier = [] if person.is_new else _earlier(write, person.id, list(given))
    chosen = shown_values([*earlier, *values])
    return _columns(person.row, chosen)


def _evidence(person: Person, field: str) -> str:
    return "doubted" if field == "phone" and person.phone_is_doubted else "typed"


def _row(lead_id: str, submission_id: str, one: Value) -> dict[str, Any]:
    values = {"field": one.field, "value": one.value, "evidence": one.evidence, "at": one.at}
    return {"id": new_id(), "lead_id": lead_id, "submission_id": submission_id, **values}


def _earlier(write: Connection, lead_id: str, fields: list[str]) -> list[Value]:
    columns = (LeadValue.field, LeadValue.value, LeadValue.evidence, LeadValue.at)
    rows = select(*columns).where(LeadValue.lead_id == lead_id, LeadValue.field.in_(fields))
    return [Value(*row) for row in write.execute(rows.order_by(LeadValue.id))]


def _columns(before: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: chosen.get(name, before.get(name)) for name in OWN_COLUMNS}
    others = {field: value for field, value in chosen.items() if field not in OWN_COLUMNS}
    return {**own, "attributes": {**(before.get("attributes") or {}), **others}}
