"""What machines send and read here, as the API's description tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from capture.leads.stages import STAGES

Stage = Literal["raw", "iql", "mql", "sql", "opportunity", "customer", "disqualified", "recycled"]
assert Stage.__args__ == STAGES  # type: ignore[attr-defined]


class SubmissionBody(BaseModel):
    """One form, filled in."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, Any] = Field(description="The answers by the names of the form's fields.")
    page: Any = Field(default=None, description="The slug of a page with this form.")
    context: Any = Field(default=None, description="`url`, `referrer`, `visitor`.")
    locale: Any = Field(default=None, description="`vi` or `en`.")
    submitted_at: Any = Field(default=None, description="Only from a trusted server.")
    touchpoints: Any = Field(default=None, description="Only from a trusted server.")


class Next(BaseModel):
    url: str


class SubmissionMade(BaseModel):
    """It is on disk; `next` is the thank-you page."""

    submission: str
    status: Literal["accepted"]
    next: Next


class Reason(BaseModel):
    rule: str
    label: str
    points: int


class ConsentGiven(BaseModel):
    purpose: str
    given: bool
    at: datetime
    text: str


class LeadTold(BaseModel):
    """A person, as the webhook's `data.lead`."""

    id: str
    email: str | None
    phone: str | None
    name: str | None
    company: str | None
    attributes: dict[str, Any]
    stage: Stage
    score: int
    grade: int
    reasons: list[Reason]
    consents: list[ConsentGiven]
    submissions: int
    created_at: datetime
    updated_at: datetime


class CouponTold(BaseModel):
    code: str
    offer: str
    value: str
    expires_at: datetime | None


class SubmissionTold(BaseModel):
    """One posting, as the webhook's `data.submission`."""

    id: str
    form: str
    offer: str | None
    page: str | None
    variant: str | None
    fields: dict[str, Any]
    coupon: CouponTold | None
    submitted_at: datetime


class Touch(BaseModel):
    """Where a visit came from."""

    channel: str
    source: str | None
    medium: str | None
    campaign: str | None
    term: str | None
    content: str | None
    click_ids: dict[str, str]
    referrer: str | None
    landing_page: str | None
    at: datetime


class Attribution(BaseModel):
    first_touch: Touch | None
    last_touch: Touch | None


class Touchpoint(BaseModel):
    kind: str
    page: str | None = None
    name: str | None = None
    value: float | None = None
    at: datetime


class Touchpoints(BaseModel):
    total: int
    recent: list[Touchpoint]


class DataTold(BaseModel):
    """A lead with its newest submission and its way here: the webhook's `data`."""

    lead: LeadTold
    submission: SubmissionTold | None
    attribution: Attribution
    touchpoints: Touchpoints
