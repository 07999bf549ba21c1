"""The visitors' door of submissions: a browser's form, and the thank-you page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import MultiDict

from capture.core import failures, limits
from capture.core.clock import now
from capture.core.errors import Busy, Invalid, NotAllowed, NotFound
from capture.core.shelf import host_name
from capture.core.signing import opened, signed
from capture.core.texts import translated
from capture.formbuilder.queries import FormNow, forms_by_slug
from capture.pages import words
from capture.pages.experiments import expose
from capture.pages.policy import CONVERSION_FRAME, tags_of
from capture.pages.render import Filled, render_form_alone, render_page, render_thanks
from capture.pages.style import FORM, public_headers, style_of_page, style_of_site
from capture.sites.here import site_here
from capture.sites.queries import SiteNow
from capture.submissions.answers import context_of
from capture.submissions.arrival import (
    AGENT_LENGTH,
    HONEYPOT,
    Arrival,
    address_claim,
    key_claim,
    locale_of,
    page_and_offer,
    undeclared,
    visitor_claim,
)
from capture.submissions.receive import Receipt, receive
from capture.submissions.thanks import thanks_of
from capture.tracking.unscripted import digest_of, write_waiting

PURPOSE = "thanks"
LIFETIME, EVER = timedelta(hours=1), timedelta.max

door = Blueprint("submissions", __name__)


def install(public: Blueprint) -> None:
    public.register_blueprint(door)


@door.post("/f/<slug>")
def submission(slug: str) -> Response:
    """Valid: 303 to the thank-you page. Invalid: 422, the same page with the errors at their fields."""
    site, form = _site_and_form(slug)
    _refuse_foreign(site)
    arrival = from_browser(site, form)
    try:
        limits.count("submissions")
        receipt = receive(arrival)
    except Invalid as refusal:
        return _again(arrival, 422, errors=refusal.errors)
    except RateLimitExceeded:
        return _again(arrival, 429, retry_after_seconds=60)
    except Busy:
        return _again(arrival, 503, retry_after_seconds=failures.RETRY_SECONDS)
    return Response(status=303, headers={"Location": thanks_path(receipt), "Cache-Control": "no-store"})


@door.get("/thanks/<token>")
def thanks(token: str) -> Response:
    site = site_here()
    submission_id = opened(PURPOSE, token, now=now(), lifetime=LIFETIME)
    shown = thanks_of(site, submission_id) if submission_id else None
    if shown is None:
        # Only who once had this page is told about it: anybody can make an address up.
        raise NotFound("thanks" if opened(PURPOSE, token, now=now(), lifetime=EVER) else "")
    event = submission_id if tags_of(site) else None
    answer = Response(render_thanks(site, shown.locale, shown.theme, tagged_event=event, **shown.context))
    style = style_of_site(site, theme=shown.theme)
    answer.headers.extend(public_headers(replace(style, allowed=CONVERSION_FRAME) if event else style))
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def thanks_path(receipt: Receipt) -> str:
    """The same submission gives the same address for an hour: a repeat is answered as the first was."""
    age = now() - receipt.received_at
    at = receipt.received_at if age < LIFETIME else now()
    return f"/thanks/{signed(PURPOSE, receipt.submission_id, at=at)}"


def from_browser(site: SiteNow, form: FormNow) -> Arrival:
    """The request as an arrival; without script the landing address is the Referer's."""
    typed: MultiDict[str, str] = request.form
    told = typed.to_dict()
    url = told.get("_url") or request.headers.get("Referer")
    page, offer = page_and_offer(site, form, told.get("_page"), told.get("_variant"), proof=told.get("_pass"))
    at, visitor = now(), visitor_claim(told.get("_visitor"))
    return Arrival(
        site=site,
        form=form,
        page=page,
        offer=offer,
        fields=typed,
        extra=undeclared(form, told),
        door="form",
        locale=locale_of(site, told.get("_locale"), _path(url)),
        key=key_claim(told.get("_key")),
        visitor=visitor,
        unscripted=None if visitor else _unscripted(site, at),
        url=address_claim(url),
        referrer=address_claim(told.get("_referrer")),
        address=request.client,  # type: ignore[attr-defined]
        agent=request.headers.get("User-Agent", "")[:AGENT_LENGTH],
        trap=told.get(HONEYPOT, "") if _screens() else "",
        fetch_site=request.headers.get("Sec-Fetch-Site") if _screens() and not _origin_is_named(site) else None,
        is_trusted=False,
        submitted_at=at,
        received_at=at,
    )


def _unscripted(site: SiteNow, at: datetime) -> str | None:
    """Under which digest the requests of a browser without script were noted."""
    if site.tracking != "on" or request.headers.get("Sec-GPC") == "1":
        return None
    write_waiting()
    expose.write_waiting()
    return digest_of(request.client, request.headers.get("User-Agent", ""), at)  # type: ignore[attr-defined]


def _site_and_form(slug: str) -> tuple[SiteNow, FormNow]:
    site = site_here()
    form = forms_by_slug().get((site.id, slug))
    if form is None:
        raise NotFound
    return site, form


def _screens() -> bool:
    return bool(current_app.config["SETTINGS"].screening)


def _refuse_foreign(site: SiteNow) -> None:
    """A browser names the sender; a foreign one is refused. A missing one is not: old browsers have none."""
    origin = request.headers.get("Origin")
    if origin is not None and not origin_is_own(site, origin) and not _origin_is_named(site):
        raise NotAllowed("This form was sent from another site.")


def origin_is_own(site: SiteNow, origin: str) -> bool:
    scheme, _, netloc = origin.partition("://")
    return scheme in {"http", "https"} and host_name(netloc) in site.hosts


def _origin_is_named(site: SiteNow) -> bool:
    return request.headers.get("Origin", "").lower() in site.allowed_origins


def _path(url: str | None) -> str | None:
    try:
        return urlsplit(url or "").path
    except ValueError:
        return None


def _again(arrival: Arrival, status: int, *, errors: Any = None, retry_after_seconds: int | None = None) -> Response:
    """The page that was sent, with everything typed kept and what is wrong said at its place."""
    bound = arrival.form.class_in(context_of(arrival.site, arrival.locale))(arrival.fields)
    if errors:
        bound.validate()
    filled = Filled(
        form=bound,
        landing_url=arrival.url or "",
        referrer=arrival.referrer or "",
        key=arrival.key or "",
        visitor=arrival.visitor or "",
        notice="" if errors else _notice(status, arrival.locale),
        errors=errors or {},
    )
    answer = Response(_rendered(arrival, filled), status)
    style = (
        style_of_page(arrival.site, arrival.page.content) if arrival.page else style_of_site(arrival.site, more=FORM)
    )
    answer.headers.extend(public_headers(style))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Language"] = arrival.locale
    if retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(retry_after_seconds)
    return answer


def _notice(status: int, locale: str) -> str:
    title, text = (translated(one, locale) for one in words.of(status, ""))
    return f"{title}. {text}"


def _rendered(arrival: Arrival, filled: Filled) -> str:
    if arrival.page is None:
        return render_form_alone(arrival.site, arrival.form, arrival.locale, filled=filled)
    origin = request.origin_known  # type: ignore[attr-defined]
    return render_page(arrival.site, arrival.page, arrival.locale, origin=origin, filled=filled)
