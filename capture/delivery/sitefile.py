"""The `destinations:` section."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select, update

from capture.core.addresses import Refused, refusal_of, target_of
from capture.core.ids import new_id
from capture.delivery.catalogue import EVENT_HINTS, EVENT_WORDS, EVENTS
from capture.delivery.models import Destination
from capture.delivery.secrets import OVERLAP, secrets_of
from capture.delivery.signatures import new_secret
from capture.sites.refusals import steps_of
from capture.sites.section import Section, Strict, Work, answer_names
from forms.conditions import problems_with

LOCAL = re.compile(r"(.*\.)?localhost\.?")
MADE = ", with a new secret that its receiver does not know yet: make one to copy in the console"
UNFIT = re.compile(r"[\x00-\x20\x7f-\xa0]")


class DestinationShape(Strict):
    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$",
        title="Name",
        description="Small letters, digits and hyphens: crm, sales-sheet. It stays.",
    )
    url: str = Field(
        max_length=2_000,
        title="Address",
        description="Where your CRM takes webhooks. It begins with https://.",
    )
    secret: str
    events: list[str] = Field(
        min_length=1,
        title="What it is told",
        json_schema_extra={"control": "ticks", "words": {**EVENT_WORDS}, "hints": {**EVENT_HINTS}},
    )
    pipeline: Literal["marketing", "recruiting"] = Field(
        default="marketing",
        title="Whose people",
        description="People of one pipeline never reach a destination of the other.",
        json_schema_extra={"words": {"marketing": "Marketing and sales", "recruiting": "Recruiting"}},
    )
    when: dict[str, Any] | None = Field(
        default=None,
        title="Only when",
        description="Without a condition everything that is ticked above is sent.",
        json_schema_extra={"control": "condition"},
    )


def apply(work: Work, shapes: list[DestinationShape]) -> None:
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        if shape.name in seen:
            work.refuse(("destinations", index, "name"), f"two destinations are called {shape.name!r}")
        seen.add(shape.name)
        if _is_sound(work, index, shape):
            _apply_one(work, index, shape)


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    """The destinations that are not retired; a secret only as the name that the operator gave it."""
    mine = select(Destination.__table__).where(Destination.site_id == site_id, Destination.retired_at.is_(None))
    return [_exported(row) for row in read.execute(mine.order_by(Destination.id)).mappings()]


def retire(work: Work, name: str) -> bool:
    """Nothing new goes there, and what waits is not sent any more."""
    mine = (Destination.site_id == work.site_id, Destination.name == name, Destination.retired_at.is_(None))
    done = work.write.execute(update(Destination).where(*mine).values(retired_at=work.now)).rowcount
    if done:
        work.changed(f"destination {name}: retired")
    return bool(done)


def _exported(row: Any) -> dict[str, Any]:
    secret = row["secret"] if str(row["secret"]).startswith("env:") else "stored"
    made = {"name": row["name"], "url": row["url"], "secret": secret, "events": row["events"]}
    made |= {} if row["pipeline"] == "marketing" else {"pipeline": row["pipeline"]}
    return made | ({"when": row["condition"]} if row["condition"] else {})


def _is_sound(work: Work, index: int, shape: DestinationShape) -> bool:
    before, where = len(work.problems), ("destinations", index)
    _check_url(work, (*where, "url"), shape.url)
    for number, event in enumerate(shape.events):
        if event not in EVENTS:
            work.refuse((*where, "events", number), f"allowed are {', '.join(EVENTS)}")
    if shape.when is not None:
        for path, text in problems_with(shape.when, answers=answer_names(work)):
            work.refuse((*where, "when", *steps_of(path)), text)
    if shape.secret != "stored":  # noqa: S105 -- the word, not a secret
        try:
            secrets_of(shape.secret, work.environment)
        except ValueError as error:
            work.refuse((*where, "secret"), str(error))
    return len(work.problems) == before


def _check_url(work: Work, where: tuple[str | int, ...], url: str) -> None:
    """The same rules as when it is called: what the guard would refuse then is refused now."""
    reason = _refusal(url, work.egress_allow)
    if reason is not None:
        work.refuse(
            where,
            f"{reason}; allowed is an https address without user name, for instance https://crm.example.com/hook, "
            "and what the operator names in EGRESS_ALLOW",
        )


def _refusal(url: str, allow: frozenset[str]) -> str | None:
    if UNFIT.search(url):
        return "a space or line end in an address"
    try:
        target = target_of(url, allow)
    except Refused as refusal:
        return refusal.detail
    if target.allowed:
        return None
    if target.literal is not None:
        return refusal_of(target.literal)
    return "a private address" if LOCAL.fullmatch(target.host) else None


def _apply_one(work: Work, index: int, shape: DestinationShape) -> None:
    values: dict[str, Any] = {
        "url": shape.url, "secret": shape.secret, "events": shape.events, "pipeline": shape.pipeline,
        "condition": shape.when,
    }  # fmt: skip
    rows = select(Destination.__table__).where(Destination.site_id == work.site_id, Destination.name == shape.name)
    found = work.write.execute(rows).mappings().first()
    if shape.secret == "stored":  # noqa: S105 -- the word, not a secret
        values.pop("secret")
        if found is None and work.folder is None:
            allowed = "nothing is stored for a new destination: write `env:HOOK_…` or a `whsec_…`"
            work.refuse(("destinations", index, "secret"), allowed)
            return
    if found is None:
        is_made = "secret" not in values
        # A file that was exported elsewhere: its secret stayed there, and nobody is refused a campaign for it.
        values.setdefault("secret", new_secret())
        row = {"id": new_id(), "site_id": work.site_id, "name": shape.name, **values, "created_at": work.now}
        work.write.execute(insert(Destination).values(**row))
        work.changed(f"destination {shape.name}: new{MADE if is_made else ''}")
    elif any(found[name] != value for name, value in values.items()) or found["retired_at"] is not None:
        again = {**values, **_rotated(found, values, work.now), "retired_at": None}
        work.write.execute(update(Destination).where(Destination.id == found["id"]).values(**again))
        work.changed(f"destination {shape.name}: changed")


def _rotated(found: Any, values: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Whoever was told the old secret has a day to take the new one."""
    if values.get("secret", found["secret"]) == found["secret"]:
        return {}
    return {"old_secret": found["secret"], "old_secret_until": at + OVERLAP}


EXAMPLE = {
    "name": "crm",
    "url": "https://crm.example.com/hook",
    "secret": "env:HOOK_CRM_SECRET",
    "events": ["lead.created", "lead.updated", "lead.stage_changed"],
}

DESTINATIONS = Section(
    name="destinations",
    shape=list[DestinationShape],
    apply=apply,
    export=export,
    retire=retire,
    key="name",
    position=50,
    example=EXAMPLE,
)
