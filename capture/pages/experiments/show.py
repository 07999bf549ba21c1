"""Which variant of a page this request is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import request
from sqlalchemy import select

from capture.core.clock import now
from capture.core.db import db
from capture.core.shelf import Item
from capture.pages.experiments import expose
from capture.pages.experiments.models import Exposure
from capture.pages.experiments.queries import Claim, ExperimentNow
from capture.pages.queries import PageNow
from capture.sites.queries import SiteNow
from capture.sites.revision import of_revision
from capture.tracking.unscripted import digest_of

FORCING = "_variant"


def chosen(site: SiteNow, page: PageNow, experiment: ExperimentNow) -> tuple[PageNow, Sequence[PageNow]]:
    """The page with the variant that is sent, and the others beside it for a browser that remembers another one.

    A variant that was forced by address comes alone, and is not counted.
    """
    forced = request.args.get(FORCING, "")
    if forced in experiment.variants:
        return variant_page(page, Claim(experiment, forced, is_forced=True)), ()
    digest = digest_of(request.client, request.headers.get("User-Agent", ""), now())  # type: ignore[attr-defined]
    key = _kept(experiment, digest) or experiment.key_for(digest)
    expose.note(site, experiment, digest, key)
    others = [variant_page(page, Claim(experiment, one)) for one in experiment.variants if one != key]
    return variant_page(page, Claim(experiment, key)), others


def variant_page(page: PageNow, claim: Claim) -> PageNow:
    """The page as this variant shows it."""
    shown = claim.variant
    return replace(
        page,
        version_id=shown.version_id,
        number=shown.number,
        content=shown.content,
        published_at=shown.published_at,
        claim=claim,
    )


@of_revision
def documents() -> dict[tuple[str, ...], Item]:
    """Finished documents of pages under test: few differ, and none may lie on the shelf."""
    return {}


def _kept(experiment: ExperimentNow, digest: str) -> str | None:
    """What this client was shown earlier today, where visitors are no longer divided as they were then."""
    if experiment.split == 1:
        return None
    mine = (Exposure.experiment_id == experiment.id, Exposure.visitor == digest)
    return db.session.execute(select(Exposure.variant).where(*mine)).scalar()
