"""Receive: one arrival becomes a lead, its score and its outgoing message, or nothing at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from capture.attribution.source import source_of
from capture.core.ids import new_id
from capture.core.statements import Fixed
from capture.core.transactions import again_if_raced, transaction
from capture.delivery.outbox import Subject, announce
from capture.leads.find import Person, find_or_create, note_doubts
from capture.leads.models import Lead
from capture.leads.values import keep_values
from capture.offers.grant import Granted, grant_offer
from capture.pages.experiments import expose
from capture.privacy.consent import consents_begun, consents_of, record_consent
from capture.scoring.facts import Facts, facts_of
from capture.scoring.queries import models
from capture.scoring.rescore import Scored, rescore
from capture.submissions.answers import Answers, check_answers
from capture.submissions.arrival import Arrival
from capture.submissions.models import Submission
from capture.submissions.repeats import recognised, remember
from capture.submissions.screening import Evidence, Verdict, screen
from capture.submissions.snapshot import attribution_part, lead_part, submission_part, touchpoints_part
from capture.tracking.journey import Journey, journey_begun, journey_of
from capture.tracking.record import Coming, Seen, recognise, record_touchpoints, record_visits, saw_nothing
from capture.tracking.unscripted import views_of

_NEW_SUBMISSION = Fixed(insert(Submission), columns=[column.name for column in Submission.__table__.columns])
_UPDATE_LEAD = Fixed(
    update(Lead).where(Lead.id == bindparam("_id")),
    columns=["email", "phone", "name", "company", "search", "attributes", "stage", "score", "grade", "submissions",
             "channel", "source", "updated_at"],
)  # fmt: skip


@dataclass(frozen=True)
class Receipt:
    """What the door may tell: the submission, and when it was first received. Held or not looks the same."""

    submission_id: str
    received_at: datetime


@again_if_raced
def receive(arrival: Arrival) -> Receipt:
    """The one way in. Raises Invalid (a message per field), Conflict (a reused key) or Busy; else it is on disk."""
    answers = check_answers(arrival)
    verdict = screen(_evidence(arrival, answers))
    with transaction() as write:
        known, mark = recognised(write, arrival, answers)
        if known is not None:
            return Receipt(known.submission_id, known.received_at)
        submission = _submission(arrival, answers, verdict)
        if verdict.is_held:
            _NEW_SUBMISSION.run(write, submission)
        else:
            _accept(write, arrival, answers, submission)
        remember(write, arrival, answers, mark, submission["id"])
    return Receipt(submission["id"], arrival.received_at)


def _accept(write: Connection, arrival: Arrival, answers: Answers, submission: dict[str, Any]) -> None:
    """Person, submission, consent, journey, offer, score and message: one fact."""
    at = arrival.received_at
    person = find_or_create(write, answers.contact, pipeline=arrival.form.pipeline, at=at)
    submission["lead_id"] = person.id
    _NEW_SUBMISSION.run(write, submission)
    if arrival.variant is not None:
        expose.link(write, arrival.variant, (arrival.visitor, arrival.unscripted), submission["id"])
    note_doubts(write, person, submission_id=submission["id"], at=at)
    columns = keep_values(write, person, answers.given, submission_id=submission["id"], at=arrival.submitted_at)
    consents = _consents(write, arrival, answers, person, submission)
    journey = _journey(write, arrival, person)
    granted = grant_offer(write, arrival.offer, lead_id=person.id, submission_id=submission["id"], at=at)
    facts = _facts(arrival, answers, columns, journey)
    scored = _score(write, arrival, person, facts, submission["id"])
    lead = _updated_lead(write, person, columns, journey, scored, at)
    _announce(write, arrival, person, lead, consents, submission, journey, granted, scored, facts)


def _evidence(arrival: Arrival, answers: Answers) -> Evidence:
    if arrival.is_trusted:
        return Evidence("", None, None)
    return Evidence(arrival.trap, answers.contact.name, arrival.fetch_site)


def _submission(arrival: Arrival, answers: Answers, verdict: Verdict) -> dict[str, Any]:
    return {
        "id": new_id(),
        "site_id": arrival.site.id,
        "pipeline": arrival.form.pipeline,
        "form_id": arrival.form.id,
        "form_version_id": arrival.form.version_id,
        "page_version_id": arrival.page.version_id if arrival.page else None,
        "offer_id": arrival.offer.id if arrival.offer else None,
        "lead_id": None,
        "visitor_id": arrival.visitor,
        "variant": arrival.variant.key if arrival.variant else None,
        "status": "held" if verdict.is_held else "accepted",
        "verdict": list(verdict.reasons),
        "answers": dict(answers.values),
        "extra": dict(arrival.extra),
        "door": arrival.door,
        "locale": arrival.locale,
        "landing_url": arrival.url,
        "referrer": arrival.referrer,
        "address": arrival.address,
        "agent": arrival.agent,
        "submitted_at": arrival.submitted_at,
        "received_at": arrival.received_at,
    }


def _consents(
    write: Connection, arrival: Arrival, answers: Answers, person: Person, submission: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Write the receipts of this form, and return what this person now agrees to."""
    record_consent(
        write,
        answers.consents,
        lead_id=person.id,
        submission_id=submission["id"],
        locale=arrival.locale,
        at=arrival.submitted_at,
    )
    if person.is_new:
        return consents_begun(answers.consents, arrival.submitted_at)
    return consents_of(write, person.id)


def _journey(write: Connection, arrival: Arrival, person: Person) -> Journey:
    """Join what the browser did before, and this coming."""
    at, hosts = arrival.submitted_at, arrival.site.hosts
    browser = recognise(write, arrival.visitor, site_id=arrival.site.id, lead_id=person.id, at=at)
    views = views_of(write, arrival.unscripted, at) if arrival.unscripted else ()
    source = source_of(arrival.url, arrival.referrer, own_hosts=hosts)
    comings = [Coming(source_of(view.url, view.referrer, own_hosts=hosts), view.at) for view in views]
    touches = record_visits(write, browser.id, [*comings, Coming(source, at)], is_fresh=browser.is_fresh)
    seen = [*arrival.history, *(Seen("page_view", view.at, page=view.page) for view in views)]
    page = source.landing_page if arrival.door == "form" else None
    if page and page not in [one.page for one in seen] and saw_nothing(write, browser, page, at):
        # Who filled in a form saw its page, also where no script could say so.
        seen.append(Seen("page_view", at, page=page))
    record_touchpoints(write, browser.id, seen)
    if person.is_new and arrival.visitor is None:
        return journey_begun(touches, seen)
    return journey_of(write, person.id)


def _facts(arrival: Arrival, answers: Answers, columns: Mapping[str, Any], journey: Journey) -> Facts:
    known = {**columns["attributes"], "name": columns["name"], "company": columns["company"], **answers.values}
    kind = arrival.offer.kind if arrival.offer else None
    return facts_of(columns, known, journey, offer_kind=kind)


def _score(write: Connection, arrival: Arrival, person: Person, facts: Facts, submission_id: str) -> Scored:
    return rescore(
        write,
        models()[arrival.site.id],
        facts,
        lead_id=person.id,
        stage=person.row.get("stage", "raw"),
        submission_id=submission_id,
        at=arrival.received_at,
    )


def _updated_lead(
    write: Connection, person: Person, columns: Mapping[str, Any], journey: Journey, scored: Scored, at: datetime
) -> dict[str, Any]:
    """Write the lead as it is now, and return its columns."""
    touch = journey.first or {}
    values = {
        **columns,
        "stage": scored.stage,
        "score": scored.card.points,
        "grade": scored.card.grade,
        "submissions": person.row.get("submissions", 0) + 1,
        "channel": touch.get("channel"),
        "source": touch.get("source"),
        "updated_at": at,
    }
    _UPDATE_LEAD.run(write, {"_id": person.id, **values})
    return {"id": person.id, "created_at": person.row.get("created_at", at), **values}


def _announce(
    write: Connection,
    arrival: Arrival,
    person: Person,
    lead: Mapping[str, Any],
    consents: Sequence[Mapping[str, Any]],
    submission: Mapping[str, Any],
    journey: Journey,
    granted: Granted | None,
    scored: Scored,
    facts: Facts,
) -> None:
    """`lead.created` or `lead.updated`, and what else happened with it."""
    data = {
        "lead": lead_part(lead, scored.reasons_in(arrival.site.locale), consents),
        "submission": submission_part(
            submission,
            form=arrival.form.slug,
            offer=arrival.offer.slug if arrival.offer else None,
            page=arrival.page.slug if arrival.page else None,
            granted=granted,
        ),
        "attribution": attribution_part(journey),
        "touchpoints": touchpoints_part(journey),
    }
    subject = Subject(arrival.site.id, arrival.form.pipeline, person.id, submission["id"])
    announce(write, _events(person, scored, granted), subject, data=data, facts=facts, at=arrival.received_at)


def _events(person: Person, scored: Scored, granted: Granted | None) -> dict[str, Mapping[str, Any]]:
    """What happened, in its order, each with what only it tells."""
    events: dict[str, Mapping[str, Any]] = {"lead.created" if person.is_new else "lead.updated": {}}
    events["submission.created"] = {}
    if granted is not None and granted.is_new:
        events["coupon.issued"] = {}
    # The first step, raw to iql, is what lead.created already says.
    if scored.crossed is not None and not (person.is_new and scored.stage == "iql"):
        before, after, why = scored.crossed
        events["lead.stage_changed"] = {"stage": {"from": before, "to": after, "why": why}}
    return events
