"""One page of permissions: what each role may, and what a machine's scope opens."""

from __future__ import annotations

ROLES = ("admin", "marketer", "sales", "recruiter", "viewer")

PERMISSIONS: dict[str, frozenset[str]] = {
    "home.see": frozenset(ROLES),
    # Whoever sees people sees those of the pipelines below: every query is narrowed by `pipelines_of`.
    "people.see": frozenset(ROLES),
    "leads.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "recruiting.see": frozenset({"admin", "recruiter"}),
    "submissions.see": frozenset(ROLES),
    "deliveries.see": frozenset(ROLES),
    "deliveries.replay": frozenset({"admin", "marketer"}),
    "pages.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "pages.edit": frozenset({"admin", "marketer"}),
    "pages.publish": frozenset({"admin", "marketer"}),
    "pictures.edit": frozenset({"admin", "marketer"}),
    "experiments.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "experiments.edit": frozenset({"admin", "marketer"}),
    "forms.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "forms.edit": frozenset({"admin", "marketer"}),
    "offers.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "offers.edit": frozenset({"admin", "marketer"}),
    "scoring.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "scoring.edit": frozenset({"admin", "marketer"}),
    "destinations.see": frozenset({"admin", "marketer", "viewer"}),
    "destinations.edit": frozenset({"admin", "marketer"}),
    "sites.see": frozenset({"admin", "marketer", "viewer"}),
    "sites.edit": frozenset({"admin", "marketer"}),
    "team.see": frozenset({"admin"}),
    "team.edit": frozenset({"admin"}),
    "keys.edit": frozenset({"admin"}),
    "audit.see": frozenset({"admin"}),
    "mailbox.see": frozenset({"admin"}),
    "account.edit": frozenset(ROLES),
}

SCOPES = (
    "submissions:write",
    "touchpoints:write",
    "leads:read",
    "leads:write",
    "outcomes:write",
    "coupons:redeem",
    "config:read",
    "config:write",
)


def may(role: str, permission: str) -> bool:
    """Whether a role has a permission; an unknown permission is a mistake of ours, not a yes."""
    return role in PERMISSIONS[permission]


def pipelines_of(role: str) -> tuple[str, ...]:
    """The pipelines whose people this role may see."""
    seen = (("marketing", "leads.see"), ("recruiting", "recruiting.see"))
    return tuple(pipeline for pipeline, permission in seen if may(role, permission))
