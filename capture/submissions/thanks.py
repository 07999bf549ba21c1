"""What the thank-you page shows: the words, and the offer where it is delivered on the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from capture.core.db import db
from capture.core.texts import moment, translated
from capture.offers.models import CouponCode, Grant
from capture.offers.public import download_path
from capture.offers.queries import OfferNow, offers
from capture.pages.models import PageVersion
from capture.pages.style import theme_of
from capture.sites.queries import SiteNow
from capture.submissions.models import Submission
from forms.texts import in_locale


@dataclass(frozen=True)
class Thanks:
    locale: str
    theme: str
    context: dict[str, Any]


def thanks_of(site: SiteNow, submission_id: str) -> Thanks | None:
    """The page for one submission of this site; None when there is no such submission."""
    found = db.session.get(Submission, submission_id)
    if found is None or found.site_id != site.id:
        return None
    version = db.session.get(PageVersion, found.page_version_id) if found.page_version_id else None
    theme = theme_of(site, version.content if version else None)
    name = str(found.answers.get("name") or "")
    offer = offers().get(found.offer_id) if found.offer_id else None
    locale = found.locale
    context: dict[str, Any] = {
        "title": heading(name, locale),
        "text": text_for(offer is not None, locale),
        "offer": None,
    }
    if offer is not None:
        context["offer"] = _offer(site, offer, found)
    return Thanks(found.locale, theme, context)


def heading(name: str, locale: str) -> str:
    return translated("Thank you, {name}", locale).format(name=name) if name else translated("Thank you", locale)


def text_for(has_offer: bool, locale: str) -> str:
    if not has_offer:
        return translated("We have what you sent, and will be in touch.", locale)
    return translated("Here is what we promised.", locale)


def _offer(site: SiteNow, offer: OfferNow, submission: Submission) -> dict[str, Any] | None:
    grant = db.session.get(Grant, submission.id)
    if grant is None:  # held for a look: nothing was given yet, and the page must not tell why
        return {"kind": "later", "text": translated("It is on its way to you.", submission.locale)}
    return _ebook(offer, submission) if offer.kind == "ebook" else _coupon(site, offer, grant, submission.locale)


def _ebook(offer: OfferNow, submission: Submission) -> dict[str, Any]:
    href = download_path(submission.id, str(offer.asset_id))
    return ebook_part(offer.title, offer.asset_name or "", offer.asset_size, href=href, locale=submission.locale)


def ebook_part(title: Any, name: str, size: int, *, href: str, locale: str) -> dict[str, Any]:
    """A file to download, as the template reads it."""
    megabytes = f"{size / 1_000_000:.1f}" if size >= 100_000 else "0.1"
    kind = name.rsplit(".", 1)[-1].upper()
    return {
        "kind": "ebook",
        "heading": in_locale(title, locale) or translated("Your download is ready", locale),
        "text": translated("The link works for seven days, on any device.", locale),
        "href": href,
        "file_note": f"{kind}, {megabytes.replace('.', ',') if locale == 'vi' else megabytes} MB",
        "art": "book",
    }


def _coupon(site: SiteNow, offer: OfferNow, grant: Grant, locale: str) -> dict[str, Any]:
    code = db.session.get(CouponCode, grant.code) if grant.code else None
    if code is None:
        ended = "This offer has ended." if grant.state == "ended" else "All codes have been given out."
        return {"kind": "coupon", "code": None, "sold_out": True, "text": translated(ended, locale)}
    return coupon_part(site, offer.title, code.code, code.value, code.expires_at, locale=locale)


def coupon_part(
    site: SiteNow, title: Any, code: str, value: str, expires_at: datetime | None, *, locale: str
) -> dict[str, Any]:
    """A code with its terms, as the template reads it."""
    expires = moment(expires_at, locale, site.timezone) if expires_at else ""
    return {
        "kind": "coupon",
        "code": code,
        "sold_out": False,
        "value": value,
        "heading": in_locale(title, locale),
        "text": translated("Show this code at the till, or paste it when you order.", locale),
        "expires_text": translated("Valid until {when}", locale).format(when=expires) if expires else "",
        "left_text": "",  # a count would tell whether this person had a code before
    }
