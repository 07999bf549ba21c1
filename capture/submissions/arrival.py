"""An arrival: everything that one posting brought, as plain values. No code behind it sees the request."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from capture.core.clock import now
from capture.formbuilder.queries import FormNow
from capture.offers.queries import OfferNow, only_offer_of
from capture.pages.experiments.queries import Claim, claim_of
from capture.pages.experiments.show import variant_page
from capture.pages.passes import is_pass
from capture.pages.queries import PageNow, pages_by_slug
from capture.sites.queries import LOCALES, SiteNow
from capture.tracking.record import Seen
from forms.validators import cleaned_line

VISITOR = re.compile(r"^[A-Za-z0-9_-]{22}$")
KEY = re.compile(r"^[\x21-\x7e]{1,120}$")
EXTRA_MOST, EXTRA_NAME_LENGTH, EXTRA_VALUE_LENGTH = 20, 64, 1_000
AGENT_LENGTH, ADDRESS_LENGTH = 512, 2_048
HONEYPOT = "_website"


@dataclass(frozen=True)
class Arrival:
    """One posting. `fields` is what was typed, by input name; `door` is `form`, `json` or `import`."""

    site: SiteNow
    form: FormNow
    page: PageNow | None
    offer: OfferNow | None
    fields: MultiDict[str, str]
    extra: Mapping[str, str]
    door: str
    locale: str
    key: str | None
    visitor: str | None
    url: str | None
    referrer: str | None
    address: str | None
    agent: str
    trap: str
    fetch_site: str | None
    is_trusted: bool
    submitted_at: datetime
    received_at: datetime
    history: Sequence[Seen] = field(default=())
    unscripted: str | None = None
    unreadable: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def variant(self) -> Claim | None:
        """The variant that was filled in, if it counts."""
        claim = self.page.claim if self.page else None
        return claim if claim is not None and not claim.is_forced else None


def page_and_offer(
    site: SiteNow,
    form: FormNow,
    slug: str | None,
    variant: str | None = None,
    *,
    proof: str | None = None,
    is_trusted: bool = False,
) -> tuple[PageNow | None, OfferNow | None]:
    """The page as its variant showed it, if it is published with this form; its offer, else the form's only one.

    A page with a password is named in vain by those who don't know it: `proof` is what it puts into its form.
    """
    page = pages_by_slug().get((site.id, slug or ""))
    if page is not None and page.password_hash and not is_trusted and not is_pass(page, proof, now()):
        page = None
    if page is None or page.form_id != form.id:
        return None, only_offer_of(form.id)
    claim = claim_of(variant)
    if claim is not None and claim.experiment.page_id == page.id:
        page = variant_page(page, claim)
    return page, page.offer


def locale_of(site: SiteNow, wanted: str | None, path: str | None) -> str:
    """The language of the page that was filled in."""
    if wanted in LOCALES:
        return str(wanted)
    first = (path or "").lstrip("/").split("/", 1)[0]
    return first if first in LOCALES else site.locale


def visitor_claim(text: str | None) -> str | None:
    return text if text and VISITOR.fullmatch(text) else None


def address_claim(text: str | None) -> str | None:
    """An address as it was claimed: inert text of a bounded length."""
    return str(cleaned_line(text))[:ADDRESS_LENGTH] or None if text else None


def key_claim(text: str | None) -> str | None:
    return text if text and KEY.fullmatch(text) else None


def undeclared(form: FormNow, given: Mapping[str, Any]) -> dict[str, str]:
    """Answers to questions that the form does not ask: fenced in number, name and size, kept as inert text."""
    known = set(form.schema.names)
    others = [
        (str(name), value) for name, value in given.items() if name not in known and not str(name).startswith("_")
    ]
    return {_short(name, EXTRA_NAME_LENGTH): _short(value, EXTRA_VALUE_LENGTH) for name, value in others[:EXTRA_MOST]}


def _short(value: Any, length: int) -> str:
    try:
        text = value if isinstance(value, str) else str(value)
    except RecursionError:
        text = "nested too deep to be kept"
    return str(cleaned_line(text))[:length]
