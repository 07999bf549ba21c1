"""Count who was shown which variant: once each, people only.

With script the beacon of the page view says it. Without, the request itself does, under a digest of address and agent,
and only where the site tracks without asking; when a beacon comes from the same address and agent, that digest had
script all along, and is dropped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, request
from flask.blueprints import BlueprintSetupState
from sqlalchemy import Connection, bindparam, delete, update

from capture.core.clock import now
from capture.core.statements import Fixed
from capture.core.transactions import transaction
from capture.pages.experiments.models import Exposure
from capture.pages.experiments.queries import Claim, ExperimentNow, claim_of
from capture.sites.queries import SiteNow
from capture.tracking.beacons import Beacon, Sender
from capture.tracking.bots import bot_of

EXTENSION = "capture.exposures"
MOST_WAITING, MOST_AT_ONCE = 2_000, 300
DROPPED_FOR = timedelta(days=2)  # the salt of a digest lives for a day
COLUMNS = ("experiment_id", "visitor", "variant", "split", "first_at", "way", "submission_id")
WHO = ["experiment_id", "visitor"]


def _dropping(upsert: Any) -> Any:
    """Unless something was sent from it: then it was somebody without script."""
    unsent = Exposure.submission_id.is_(None)
    return upsert(Exposure).on_conflict_do_update(index_elements=WHO, set_={"way": "dropped"}, where=unsent)


_COUNT = Fixed(lambda upsert: upsert(Exposure).on_conflict_do_nothing(index_elements=WHO), columns=COLUMNS)
_DROP = Fixed(_dropping, columns=COLUMNS)
_LINK = Fixed(
    update(Exposure).where(
        Exposure.experiment_id == bindparam("_experiment"),
        Exposure.visitor == bindparam("_visitor"),
        Exposure.variant == bindparam("_variant"),
        Exposure.way != "dropped",
        Exposure.submission_id.is_(None),
    ),
    columns=["submission_id"],
)


def attach(state: BlueprintSetupState) -> None:
    state.app.extensions[EXTENSION] = deque(maxlen=MOST_WAITING)


def waiting_in(app: Flask) -> deque[dict[str, Any]]:
    """What was noted and is not written yet."""
    waiting: deque[dict[str, Any]] = app.extensions[EXTENSION]
    return waiting


def note(site: SiteNow, experiment: ExperimentNow, digest: str, key: str) -> None:
    """This request showed it. Written in a moment, so that nobody waits for it."""
    if site.tracking == "on" and _is_person():
        waiting_in(current_app).append(_row(Claim(experiment, key), digest, now(), "request"))


def write_waiting() -> None:
    """Write what was noted, in one transaction."""
    waiting = waiting_in(current_app)
    rows = [waiting.popleft() for _ in range(min(len(waiting), MOST_AT_ONCE))]
    if rows:
        with transaction() as write:
            _COUNT.run_many(write, rows)


def by_script(write: Connection, site: SiteNow, beacon: Beacon, sender: Sender) -> None:
    """Page views of a browser with script: counted where the variant is one that this browser is to be shown."""
    for event in beacon.events:
        claim = claim_of(event.variant) if event.variant else None
        if claim is None or not _is_counted(claim, site, sender):
            continue
        _DROP.run(write, _row(claim, sender.digest, event.seen.at, "dropped"))
        if claim.key in (claim.experiment.key_for(beacon.visitor), claim.experiment.key_for(sender.digest)):
            _COUNT.run(write, _row(claim, beacon.visitor, event.seen.at, "script"))


def link(write: Connection, claim: Claim, visitors: Sequence[str | None], submission_id: str) -> None:
    """Who was shown it has sent this: the first time counts."""
    told = {"_experiment": claim.experiment.id, "_variant": claim.key, "submission_id": submission_id}
    for visitor in visitors:
        if visitor is not None:
            _LINK.run(write, {**told, "_visitor": visitor})


def forget_old() -> None:
    """A chore of the worker: digests that stand for nobody any more."""
    with transaction() as write:
        write.execute(delete(Exposure).where(Exposure.way == "dropped", Exposure.first_at < now() - DROPPED_FOR))


def _is_person() -> bool:
    headers = request.headers
    purpose = f"{headers.get('Sec-Purpose', '')} {headers.get('Purpose', '')}".strip()
    is_robot = bot_of(headers.get("User-Agent", ""), purpose=purpose) is not None
    return request.method == "GET" and headers.get("Sec-GPC") != "1" and not is_robot


def _is_counted(claim: Claim, site: SiteNow, sender: Sender) -> bool:
    is_open = claim.experiment.is_running and claim.experiment.site_id == site.id
    return is_open and not claim.is_forced and sender.robot is None


def _row(claim: Claim, visitor: str, at: datetime, way: str) -> dict[str, Any]:
    who = {"experiment_id": claim.experiment.id, "visitor": visitor, "variant": claim.key}
    return {**who, "split": claim.experiment.split, "first_at": at, "way": way, "submission_id": None}
