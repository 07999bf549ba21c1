"""The machines' door of leads: people as the webhook tells of them. Applicants are not among them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from flask import Blueprint, Response
from pydantic import Field

from capture.accounts.guards import scoped
from capture.api.answers import answer
from capture.api.bodies import query_of
from capture.api.described import Told, described, list_of
from capture.api.paging import Paging, cursor_of, no_place, piece, place_of
from capture.core.errors import NotFound
from capture.leads.models import Lead
from capture.sites.section import Moment
from capture.submissions.data import data_of, leads_after, submissions_after
from capture.submissions.told import DataTold, LeadTold, Stage, SubmissionTold

door = Blueprint("leads", __name__)


class LeadQuery(Paging):
    stage: Stage | None = None
    channel: Annotated[str, Field(max_length=32)] | None = None
    updated_since: Moment | None = None


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.get("/leads")
@scoped("leads:read")
@described(
    Told(
        "List the leads",
        text="In the order in which they changed: who keeps the last place asks again there and gets what is new. "
        "A lead that changes while you read comes again.",
        query=LeadQuery,
        answers={200: list_of("Leads", LeadTold)},
    )
)
def index() -> Response:
    asked = query_of(LeadQuery)
    found = leads_after(_place(asked.after), _filters(asked), asked.limit + 1)
    now, more = found[: asked.limit], len(found) > asked.limit
    return piece(now, after=cursor_of(_moment(now[-1]["updated_at"]), now[-1]["id"]) if more else None)


@door.get("/leads/<lead_id>")
@scoped("leads:read")
@described(Told("Read a lead", answers={200: DataTold}))
def lead(lead_id: str) -> Response:
    found = data_of(lead_id)
    if found is None:
        raise NotFound("There is no such lead.")
    return answer(found)


@door.get("/leads/<lead_id>/submissions")
@scoped("leads:read")
@described(Told("List what a lead sent", query=Paging, answers={200: list_of("Submissions", SubmissionTold)}))
def submissions(lead_id: str) -> Response:
    asked = query_of(Paging)
    place = place_of(asked.after, 1)[0] if asked.after else ""
    found = submissions_after(lead_id, place, asked.limit + 1)
    if found is None:
        raise NotFound("There is no such lead.")
    now, more = found[: asked.limit], len(found) > asked.limit
    return piece(now, after=cursor_of(now[-1]["id"]) if more else None)


def _filters(asked: LeadQuery) -> list[Any]:
    found = [Lead.stage == asked.stage] if asked.stage else []
    found += [Lead.channel == asked.channel] if asked.channel and asked.channel.isprintable() else []
    return found + ([Lead.updated_at >= asked.updated_since] if asked.updated_since else [])


def _place(cursor: str | None) -> tuple[datetime, str] | None:
    if not cursor:
        return None
    at, lead_id = place_of(cursor, 2)
    try:
        return datetime.fromisoformat(at).astimezone(UTC), lead_id
    except (ValueError, OverflowError):
        raise no_place() from None


def _moment(at: datetime) -> str:
    """To the microsecond, as it is stored: a place that is rounded down would come again."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
