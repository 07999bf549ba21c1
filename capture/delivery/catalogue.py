"""The events that a destination may ask for, and how the console says them."""

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

EVENT_WORDS = {
    "lead.created": "New lead",
    "lead.updated": "Lead updated",
    "lead.stage_changed": "Stage changed",
    "lead.merged": "Leads merged",
    "lead.erased": "Lead erased",
    "submission.created": "Form sent",
    "coupon.issued": "Coupon given",
    "coupon.redeemed": "Coupon used",
    "ping": "Test message",
}
EVENT_HINTS = {
    "lead.created": "Somebody left their details for the first time.",
    "lead.updated": "The same person came back or told more.",
    "lead.stage_changed": "A lead became an MQL or an SQL: time to call.",
    "lead.merged": "Two records turned out to be one person.",
    "lead.erased": "A person asked to be forgotten; delete them there too.",
    "submission.created": "Every form that is sent, also of known people.",
    "coupon.issued": "A code was given, with its terms.",
    "coupon.redeemed": "A code was used at the till.",
    "ping": "Only when you press the button for it.",
}
