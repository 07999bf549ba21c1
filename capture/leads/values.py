"""Keep every value that was given, with its source, and show the best of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from capture.core.ids import new_id
from capture.core.statements import Fixed
from capture.leads.evidence import Value, shown_values
from capture.leads.find import Person
from capture.leads.identity import folded
from capture.leads.models import LeadValue

OWN_COLUMNS = ("email", "phone", "name", "company")
_INSERT = Fixed(insert(LeadValue), columns=["id", "lead_id", "submission_id", "field", "value", "evidence", "at"])
_ALL = Fixed(
    select(LeadValue.field, LeadValue.value, LeadValue.evidence, LeadValue.at)
    .where(LeadValue.lead_id == bindparam("_lead"))
    .order_by(LeadValue.id)
)


def search_text(lead: Mapping[str, Any]) -> str:
    """What a lead is found by, folded as searches are; whoever writes these columns writes it too."""
    return folded(" ".join(lead[name] for name in ("name", "email", "company", "phone") if lead.get(name)))


def keep_values(
    write: Connection, person: Person, given: Mapping[str, Any], *, submission_id: str, at: datetime
) -> dict[str, Any]:
    """Write what was given; returns the lead's columns `email phone name company search attributes` as they are now."""
    values = [Value(field, value, _evidence(person, field), at) for field, value in given.items()]
    rows = [_row(person.id, submission_id, one) for one in values]
    earlier = [] if person.is_new else [Value(*row) for row in _ALL.rows(write, {"_lead": person.id})]
    _INSERT.run_many(write, rows)
    chosen = shown_values([*(one for one in earlier if one.field in given), *values])
    return _columns(person.row, chosen)


def _evidence(person: Person, field: str) -> str:
    return "doubted" if field == "phone" and person.phone_is_doubted else "typed"


def _row(lead_id: str, submission_id: str, one: Value) -> dict[str, Any]:
    values = {"field": one.field, "value": one.value, "evidence": one.evidence, "at": one.at}
    return {"id": new_id(), "lead_id": lead_id, "submission_id": submission_id, **values}


def _columns(before: Mapping[str, Any], chosen: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: chosen.get(name, before.get(name)) for name in OWN_COLUMNS}
    others = {field: value for field, value in chosen.items() if field not in OWN_COLUMNS}
    return {**own, "search": search_text(own), "attributes": {**(before.get("attributes") or {}), **others}}
