"""The judge: what the journal says was acknowledged, against what is stored."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC

import pytest
from sqlalchemy import select

from capture.submissions.models import Submission
from tests.durability.crowd import Entry
from tests.durability.house import House

# Each question finds rows that must not be there.
FORBIDDEN = {
    "a lead without a submission": """
        SELECT l.id FROM lead l WHERE NOT EXISTS (SELECT 1 FROM submission s WHERE s.lead_id = l.id)""",
    "a lead that counts its submissions wrongly": """
        SELECT l.id FROM lead l WHERE l.submissions <> (SELECT count(*) FROM submission s WHERE s.lead_id = l.id)""",
    "an accepted submission without a message": """
        SELECT s.id FROM submission s WHERE s.status = 'accepted'
        AND NOT EXISTS (SELECT 1 FROM message m WHERE m.submission_id = s.id)""",
    "an accepted submission with two messages of its story": """
        SELECT submission_id FROM message WHERE type IN ('lead.created', 'lead.updated')
        GROUP BY submission_id HAVING count(*) > 1""",
    "a lead that was created twice": """
        SELECT lead_id FROM message WHERE type = 'lead.created' GROUP BY lead_id HAVING count(*) > 1""",
    "a submission without its score": """
        SELECT s.id FROM submission s WHERE s.status = 'accepted'
        AND NOT EXISTS (SELECT 1 FROM score c WHERE c.submission_id = s.id)""",
    "a message of a submission that is not stored": """
        SELECT m.id FROM message m WHERE NOT EXISTS (SELECT 1 FROM submission s WHERE s.id = m.submission_id)""",
    "a lead whose score is not that of its last receipt": """
        SELECT l.id FROM lead l JOIN score c ON c.lead_id = l.id WHERE l.score <> c.points
        AND NOT EXISTS (SELECT 1 FROM score d WHERE d.lead_id = l.id AND d.id > c.id)""",
    "two submissions of one key": """
        SELECT form_id, key FROM repeat GROUP BY form_id, key HAVING count(*) > 1""",
    "a submission under two keys": """
        SELECT submission_id FROM repeat GROUP BY submission_id HAVING count(*) > 1""",
    "two people with one email": """
        SELECT email FROM lead GROUP BY email, pipeline HAVING count(*) > 1""",
    "a lead whose email or phone was not understood": """
        SELECT id FROM lead WHERE email IS NULL OR phone NOT LIKE '+84%'""",
    "a lead without the identity of its email": """
        SELECT l.id FROM lead l WHERE NOT EXISTS (SELECT 1 FROM identity i WHERE i.lead_id = l.id)""",
    "a coupon that counts its codes wrongly": """
        SELECT c.offer_id FROM coupon c
        WHERE c.claimed <> (SELECT count(*) FROM coupon_code k WHERE k.offer_id = c.offer_id)""",
    "a coupon with more codes than its limit": """
        SELECT c.offer_id FROM coupon c WHERE c.claimed > c."limit" """,
    "somebody with two codes of one offer": """
        SELECT offer_id, lead_id FROM coupon_code GROUP BY offer_id, lead_id HAVING count(*) > 1""",
    "a submission with an offer that was neither granted nor refused": """
        SELECT s.id FROM submission s WHERE s.status = 'accepted' AND s.offer_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM "grant" g WHERE g.submission_id = s.id)""",
}
WITHOUT_DELIVERY = """
    SELECT m.id FROM message m WHERE m.type IN ('lead.created', 'lead.updated')
    AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message_id = m.id)"""


def examine(house: House) -> None:
    """No half lead, nothing double, counters that count: whatever happened before."""
    for what, question in {**FORBIDDEN, "a message without a delivery": WITHOUT_DELIVERY}.items():
        assert not house.rows(question), what
    if house.is_sqlite:
        assert house.one("PRAGMA integrity_check") == "ok"
        assert not house.rows("PRAGMA foreign_key_check")


def compare(house: House, journal: Sequence[Entry]) -> str:
    """Every acknowledged submission is there exactly once; returns one line of figures."""
    told = [entry for entry in journal if entry.answer is not None and entry.answer.is_acknowledged]
    stored = {str(row[0]) for row in house.rows("SELECT id FROM submission")}
    lost = [entry.key for entry in told if entry.answer and entry.answer.submission not in stored]
    doubled = [key for key, count in Counter(_of_key(house)).items() if count > 1]
    strangers = stored - {entry.answer.submission for entry in told if entry.answer}
    pending = len(journal) - len(told)
    assert not lost, f"{len(lost)} acknowledged and lost: {lost[:5]}"
    assert not doubled, f"stored twice: {doubled[:5]}"
    assert len({entry.answer.submission for entry in told if entry.answer}) == len(told), "two keys, one submission"
    assert len(strangers) <= pending, f"{len(strangers)} stored that nobody was told of: {sorted(strangers)[:5]}"
    _compare_people(house, told, pending)
    return f"{len(told)} acknowledged, 0 lost, 0 doubled"


def _of_key(house: House) -> list[str]:
    """Every stored submission, named by what its client sent: person and moment are the same in a doubled one."""
    return [str(row[0]) for row in house.rows("SELECT key FROM repeat")]


def _compare_people(house: House, told: Sequence[Entry], pending: int) -> None:
    people = {entry.email for entry in told}
    found = [row[0] for row in house.rows("SELECT email FROM lead")]
    assert people <= set(found), "somebody who was thanked is no lead"
    assert len(people) <= len(found) <= len(people) + pending, (len(people), len(found), pending)


def found_again(house: House, journal: Sequence[Entry]) -> int:
    """How many were stored although their first answer was lost on the way: the retry was told of the first."""
    received = {row[0]: row[1].replace(tzinfo=UTC) for row in house.rows(select(Submission.id, Submission.received_at))}
    return sum(
        1
        for entry in journal
        if entry.unanswered and entry.answer and received[entry.answer.submission].timestamp() < entry.began[-1]
    )


def report(request: pytest.FixtureRequest, line: str) -> None:
    """One line for whoever reads the run: shown by `-rP`, and at the end of a run of this folder alone."""
    request.node.user_properties.append(("durability", line))
    print(f"{request.node.name}: {line}", file=sys.stdout)
