"""One page of permissions: what each role may, and what a machine's scope opens."""

from __future__ import annotations

ROLES = ("admin", "marketer", "sales", "recruiter", "viewer")

PERMISSIONS: dict[str, frozenset[str]] = {
    "home.see": frozenset(ROLES),
    "leads.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "recruiting.see": frozenset({"admin", "recruiter"}),
    "submissions.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "deliveries.see": frozenset({"admin", "marketer", "sales", "viewer"}),
    "deliveries.replay": frozenset({"admin", "marketer"}),
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
