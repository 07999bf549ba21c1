"""The one plain shape of a lead that leaves the house: webhook `data` and `GET /api/v1/leads/<id>`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from capture.offers.grant import Granted
from capture.tracking.journey import Journey


def lead_part(
    lead: Mapping[str, Any], reasons: Sequence[Mapping[str, Any]], consents: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """`data.lead`. `lead` has the columns of the table."""
    own = ("id", "email", "phone", "name", "company", "attributes", "stage", "score", "grade")
    told = {name: lead[name] for name in own}
    times = {"created_at": lead["created_at"], "updated_at": lead["updated_at"]}
    return {**told, "reasons": list(reasons), "consents": list(consents), "submissions": lead["submissions"], **times}


def submission_part(
    submission: Mapping[str, Any], *, form: str, offer: str | None, page: str | None, granted: Granted | None
) -> dict[str, Any]:
    """`data.submission`; `submission` has the columns of the table."""
    names = {"id": submission["id"], "form": form, "offer": offer, "page": page, "variant": submission["variant"]}
    what = {"fields": submission["answers"], "coupon": coupon_part(granted), "submitted_at": submission["submitted_at"]}
    return {**names, **what}


def coupon_part(granted: Granted | None) -> dict[str, Any] | None:
    if granted is None or granted.code is None:
        return None
    code = {"code": granted.code, "offer": granted.offer.slug, "value": granted.value}
    return {**code, "expires_at": granted.expires_at}


def attribution_part(journey: Journey) -> dict[str, Any]:
    return {"first_touch": journey.first, "last_touch": journey.last}


def touchpoints_part(journey: Journey) -> dict[str, Any]:
    return {"total": journey.total, "recent": list(journey.recent)}
