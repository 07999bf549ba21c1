"""The channels in words, as people who do not read the table say them."""

from __future__ import annotations

CHANNEL_WORDS = {
    "Paid Search": "Paid search",
    "Organic Search": "Organic search",
    "Paid Social": "Paid social",
    "Organic Social": "Organic social",
    "Paid Shopping": "Paid shopping",
    "Paid Video": "Paid video",
    "Organic Video": "Organic video",
    "Display": "Display ads",
    "Email": "Email",
    "SMS": "SMS",
    "Messaging": "Messaging",
    "Referral": "Referral",
    "Affiliates": "Affiliates",
    "Audio": "Audio",
    "Mobile Push": "Push message",
    "Cross-network": "Several networks, paid",
    "Paid Other": "Paid, elsewhere",
    "Organic Shopping": "Organic shopping",
    "Direct": "Direct",
    "Event": "Event",
    "Offline": "Offline",
    "Lead Ads": "Lead ads",
    "Outbound": "Outbound",
    "Unassigned": "Unassigned",
}
