"""The events that a destination may ask for."""

EVENTS = (
    "lead.created",
    "lead.updated",
    "lead.stage_changed",
    "lead.merged",
    "lead.erased",
    "submission.created",
    "coupon.issued",
    "coupon.redeemed",
    "ping",
)
