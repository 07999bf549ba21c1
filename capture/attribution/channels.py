"""Which channel a visit counts for: the ordered 'Default channel group' of Google Analytics Help 9756891.

The first row that matches wins; case never matters. Departures from Google's table:

- A click id of an advertisement (`PAID_CLICK_IDS`) is a paid medium, whatever `utm_medium` says. It also
  names the network where `utm_source` is none that we know. Google asks its advertising account instead.
- `fbclid` is no proof of payment: Facebook adds it to every link. It names the network where no medium is.
- Nicknames (`fb`, `zalo-oa`, `adwords`) count as the site they mean; the text that is kept stays as written.
- A mailbox as referrer is medium `email`, for it is mostly an untagged mail of one's own; mail.google.com is
  never Organic Search. A listed mail source without a medium is row 14 (Google knows the word `email` only).
- A listed AI assistant is row 13 also without a medium, because ChatGPT tags its links with a source alone.
- The lists of sites are our own, `sites.csv`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from capture.attribution.sites import site_of
from capture.attribution.source import Source

# Kept with every visit: it changes whenever a row or a departure does.
TABLE_VERSION = "ga4-2026-11"
UNASSIGNED = "Unassigned"
DIRECT, NO_MEDIUM, UNKNOWN_MEDIUM = "(direct)", "(none)", "(not set)"

# In the order in which they are believed when a link carries several.
NETWORKS = {
    "gclid": "google",
    "gbraid": "google",
    "wbraid": "google",
    "msclkid": "bing",
    "ttclid": "tiktok",
    "li_fat_id": "linkedin",
    "zclid": "zalo",
    "fbclid": "facebook",
}
PAID_CLICK_IDS = frozenset(NETWORKS) - {"fbclid"}
MEDIUM_BY_CATEGORY = {"search": "organic", "social": "social", "mail": "email"}

_PAID = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$", re.DOTALL)
_SHOPPING_CAMPAIGN = re.compile(r"^(.*(([^a-df-z]|^)shop|shopping).*)$", re.DOTALL)
_VIDEO = re.compile(r"^(.*video.*)$", re.DOTALL)
_DISPLAY = frozenset({"display", "banner", "expandable", "interstitial", "cpm"})
_SOCIAL = frozenset({"social", "social-network", "social-media", "sm", "social network", "social media"})
_EMAIL = frozenset({"email", "e-mail", "e_mail", "e mail"})
_REFERRAL = frozenset({"referral", "app", "link"})
_WITHOUT_MEDIUM = frozenset({UNKNOWN_MEDIUM, NO_MEDIUM})


@dataclass(frozen=True, slots=True)
class Channel:
    """What a visit counts for, with source and medium as written, and the row that decided it."""

    channel: str
    source: str
    medium: str
    campaign: str | None
    term: str | None
    content: str | None
    rule: str


class Facts(NamedTuple):
    """What the rows look at: lower-case texts, the category of the source, whether the click was paid."""

    source: str
    medium: str
    campaign: str
    category: str
    is_paid: bool


class Rule(NamedTuple):
    """One row: its channel, how it reads aloud, and when it holds."""

    channel: str
    reading: str
    holds: Callable[[Facts], bool]


def _is_direct(it: Facts) -> bool:
    return it.source == DIRECT and it.medium in _WITHOUT_MEDIUM


def _is_shopping(it: Facts) -> bool:
    return it.category == "shopping" or _SHOPPING_CAMPAIGN.match(it.campaign) is not None


def _is_social(it: Facts) -> bool:
    return it.category == "social" or it.medium in _SOCIAL


def _is_video(it: Facts) -> bool:
    return it.category == "video" or _VIDEO.match(it.medium) is not None


def _is_search(it: Facts) -> bool:
    return it.category == "search" or it.medium == "organic"


def _is_referral(it: Facts) -> bool:
    return it.medium in _REFERRAL or (it.category == "assistant" and it.medium in _WITHOUT_MEDIUM)


def _is_email(it: Facts) -> bool:
    return it.source in _EMAIL or it.medium in _EMAIL or (it.category == "mail" and it.medium in _WITHOUT_MEDIUM)


def _is_push(it: Facts) -> bool:
    named = it.medium.endswith("push") or "mobile" in it.medium or "notification" in it.medium
    return named or it.source == "firebase"


RULES: tuple[Rule, ...] = (
    Rule("Direct", "no source and no medium", _is_direct),
    Rule("Cross-network", "campaign contains cross-network", lambda it: "cross-network" in it.campaign),
    Rule("Paid Shopping", "a shop or a shopping campaign, paid", lambda it: it.is_paid and _is_shopping(it)),
    Rule("Paid Search", "a search engine, paid", lambda it: it.is_paid and it.category == "search"),
    Rule("Paid Social", "a social network, paid", lambda it: it.is_paid and it.category == "social"),
    Rule("Paid Video", "a video site, paid", lambda it: it.is_paid and it.category == "video"),
    Rule("Display", "medium is a kind of banner", lambda it: it.medium in _DISPLAY),
    Rule("Paid Other", "paid, on no site of the lists", lambda it: it.is_paid),
    Rule("Organic Shopping", "a shop or a shopping campaign, not paid", _is_shopping),
    Rule("Organic Social", "a social network or medium", _is_social),
    Rule("Organic Video", "a video site or medium", _is_video),
    Rule("Organic Search", "a search engine or medium", _is_search),
    Rule("Referral", "a link on another site, in an app or from an assistant", _is_referral),
    Rule("Email", "a mail source or medium", _is_email),
    Rule("Affiliates", "medium is affiliate", lambda it: it.medium == "affiliate"),
    Rule("Audio", "medium is audio", lambda it: it.medium == "audio"),
    Rule("SMS", "source or medium is sms", lambda it: "sms" in (it.source, it.medium)),
    Rule("Mobile Push", "medium is push, mobile or notification, or source is firebase", _is_push),
)
CHANNELS = (*(rule.channel for rule in RULES), UNASSIGNED)


def channel_of(source: Source) -> Channel:
    """The channel of a visit, and why."""
    utm = source.utm
    click_id = next((name for name in NETWORKS if name in source.click_ids), None)
    written, medium, category = _origin(source, click_id)
    is_paid = click_id in PAID_CLICK_IDS or _PAID.match(medium.lower()) is not None
    campaign = utm.get("campaign")
    facts = Facts(written.lower(), medium.lower(), (campaign or "").lower(), category, is_paid)
    channel, why = _decided(facts)
    because = f"{why} (source {written}, medium {medium}{f', {click_id}' if click_id else ''})"
    return Channel(channel, written, medium, campaign, utm.get("term"), utm.get("content"), because)


def _decided(facts: Facts) -> tuple[str, str]:
    for number, rule in enumerate(RULES, start=1):
        if rule.holds(facts):
            return rule.channel, f"row {number}, {rule.channel}: {rule.reading}"
    return UNASSIGNED, "no row matched"


def _origin(source: Source, click_id: str | None) -> tuple[str, str, str]:
    """Source, medium and category: the tags first, then the click id, then the referrer."""
    tagged, medium = source.utm.get("source"), source.utm.get("medium")
    network = NETWORKS[click_id] if click_id else None
    came_from = tagged or network or source.referrer_host or DIRECT
    site = site_of(came_from)
    if site is None and network and (click_id in PAID_CLICK_IDS or not medium):
        site = site_of(network)
    category = site.category if site else ""
    written = tagged or (site.name if site else came_from.removeprefix("www."))
    return written, medium or _medium(source, click_id, category), category


def _medium(source: Source, click_id: str | None, category: str) -> str:
    """What a visit without `utm_medium` is given."""
    if click_id in PAID_CLICK_IDS:
        return "cpc"
    if "source" in source.utm:
        return NO_MEDIUM if source.utm["source"].lower() == DIRECT else UNKNOWN_MEDIUM
    if click_id is None and source.referrer_host is None:
        return NO_MEDIUM
    return MEDIUM_BY_CATEGORY.get(category, "referral")
