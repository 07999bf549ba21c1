"""The channels in words, as people who do not read the table say them."""

from __future__ import annotations

NAMES = {
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
    "Affiliate": "Affiliate",
    "Direct": "Direct",
    "Event": "Event",
    "Offline": "Offline",
    "Lead Ads": "Lead ads",
    "Outbound": "Outbound",
    "Unassigned": "Unassigned",
}
