"""The machines' door of submissions: the same pipeline in JSON, and a lead as the webhook's `data`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, g, request
from flask_limiter import RateLimitExceeded
from werkzeug.datastructures import MultiDict

from capture.accounts.guards import open_to_all, unauthorised
from capture.api.answers import answer, problem
from capture.api.described import Told, described
from capture.api.idempotency import key_given
from capture.core import limits
from capture.core.clock import now
from capture.core.errors import Conflict, Invalid, NotAllowed, NotFound, Unreadable
from capture.core.texts import translated
from capture.formbuilder.queries import FormNow, forms_by_slug
from capture.sites.here import site_here
from capture.sites.queries import SiteNow, site_of_host
from capture.submissions.arrival import (
    AGENT_LENGTH,
    Arrival,
    address_claim,
    locale_of,
    page_and_offer,
    undeclared,
    visitor_claim,
)
from capture.submissions.public import origin_is_own, thanks_path
from capture.submissions.receive import Receipt, receive
from capture.submissions.told import SubmissionBody, SubmissionMade
from capture.tracking.beacons import OLDEST_HISTORY, events_of
from capture.tracking.record import Seen
from forms.kind import kind_of

NEWEST = timedelta(minutes=5)
NAMES = frozenset({"fields", "page", "context", "locale", "submitted_at", "touchpoints"})
CORS_SECONDS = 600

door = Blueprint("submissions", __name__)


def install(api: Blueprint) -> None:
    api.register_blueprint(door)


@door.post("/forms/<slug>/submissions", provide_automatic_options=False)
@open_to_all
@described(
    Told(
        "Send a form",
        text="Open to browsers of the site and of its `allowed_origins`. With a token of scope `submissions:write` it "
        "is a trusted server: no rate limit, no bot screening, and it may say `submitted_at` and `touchpoints`.",
        tag="submissions",
        body=SubmissionBody,
        example={
            "fields": {"email": "an@example.com"},
            "page": "guide",
            "context": {"url": "https://example.com/guide"},
        },
        answers={201: SubmissionMade},
        headers=("Idempotency-Key",),
        refusals=(403, 421),
        is_public=True,
    )
)
def submissions(slug: str) -> Response:
    site, form = _site_and_form(slug)
    if request.headers.get("Authorization") and g.token is None:
        return unauthorised()
    trusted = _is_trusted(site)
    body = _body()
    arrival = _arrival(site, form, body, trusted)
    try:
        receipt = receive(arrival) if trusted else _limited(arrival)
    except Conflict as refusal:
        return problem(422, "Key reused", refusal.message)
    except RateLimitExceeded:
        refused = problem(429, "Too many requests", "Try again in a minute.")
        refused.headers["Retry-After"] = "60"
        return refused
    except Invalid as refusal:
        detail = translated("Some answers need another look.", arrival.locale)
        return problem(422, "Unprocessable", detail, errors=refusal.errors)
    url = request.origin_here + thanks_path(receipt)  # type: ignore[attr-defined]
    made = {"submission": receipt.submission_id, "status": "accepted", "next": {"url": url}}
    return answer(made, 201)


@door.route("/forms/<slug>/submissions", methods=["OPTIONS"])
@open_to_all
def preflight(slug: str) -> Response:
    allowed = Response(status=204)
    if shared_with(site_here(), request.headers.get("Origin")):
        allowed.headers["Access-Control-Allow-Methods"] = "POST"
        allowed.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
        allowed.headers["Access-Control-Max-Age"] = str(CORS_SECONDS)
    return allowed


@door.after_request
def share(made: Response) -> Response:
    """Whatever the answer to a submission is, a script of an allowed origin may read it."""
    site = site_of_host(request.host)
    if site is not None and request.path.endswith("/submissions"):
        made.headers["Vary"] = "Origin"
        made.headers.extend(shared_with(site, request.headers.get("Origin")))
    return made


def shared_with(site: SiteNow, origin: str | None) -> Mapping[str, str]:
    """CORS for the site's own hosts and for those it names; never a wildcard."""
    return {"Access-Control-Allow-Origin": origin} if origin and _origin_is_allowed(site, origin) else {}


def _limited(arrival: Arrival) -> Receipt:
    limits.count("submissions")
    return receive(arrival)


def _site_and_form(slug: str) -> tuple[SiteNow, FormNow]:
    site = site_here()
    form = forms_by_slug().get((site.id, slug))
    if form is None:
        raise NotFound("There is no such form.")
    return site, form


def _is_trusted(site: SiteNow) -> bool:
    """A server with a token; a browser must come from the site itself or from an origin that it names."""
    if request.headers.get("Authorization"):
        if "submissions:write" not in g.token.scopes:
            raise NotAllowed("This token cannot send submissions.")
        return True
    origin = request.headers.get("Origin")
    if origin is not None and not _origin_is_allowed(site, origin):
        raise NotAllowed("This origin is not among the site's allowed_origins.")
    return False


def _origin_is_allowed(site: SiteNow, origin: str) -> bool:
    return origin_is_own(site, origin) or origin.lower() in site.allowed_origins


def _body() -> Mapping[str, Any]:
    try:
        body = orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise Unreadable("The body is not JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("fields"), dict):
        raise Unreadable('The body is an object with `fields`: {"fields": {"email": "an@example.com"}}.')
    unknown = sorted(set(body) - NAMES)
    if unknown:
        raise Unreadable(f"Unknown: {', '.join(unknown)[:200]}. Allowed are {', '.join(sorted(NAMES))}.")
    return body


def _arrival(site: SiteNow, form: FormNow, body: Mapping[str, Any], trusted: bool) -> Arrival:
    context = body.get("context") if isinstance(body.get("context"), dict) else {}
    assert isinstance(context, dict)
    page, offer = page_and_offer(site, form, _text(body.get("page")), is_trusted=trusted)
    at, agent = now(), request.user_agent.string[:AGENT_LENGTH]
    locale = locale_of(site, _text(body.get("locale")), None)
    submitted_at = _submitted_at(body.get("submitted_at"), at) if trusted else at
    screens = current_app.config["SETTINGS"].screening and not trusted and not request.headers.get("Origin")
    fields, unreadable = _fields(form, body["fields"], locale)
    return Arrival(
        site=site,
        form=form,
        page=page,
        offer=offer,
        fields=fields,
        unreadable=unreadable,
        extra=undeclared(form, body["fields"]),
        door="json",
        locale=locale,
        key=key_given(),
        visitor=visitor_claim(_text(context.get("visitor"))),
        url=address_claim(_text(context.get("url"))),
        referrer=address_claim(_text(context.get("referrer"))),
        address=None if trusted else request.client,  # type: ignore[attr-defined]
        agent=agent,
        trap="",
        fetch_site=request.headers.get("Sec-Fetch-Site") if screens else None,
        is_trusted=trusted,
        submitted_at=submitted_at,
        received_at=at,
        history=_history(body.get("touchpoints"), at, submitted_at) if trusted else (),
    )


def _history(given: Any, at: datetime, submitted_at: datetime) -> list[Seen]:
    """What a trusted server saw before; what it does not date belongs to the submission."""
    return [event.seen for event in events_of(given, at, oldest=OLDEST_HISTORY, undated_at=submitted_at)]


def _fields(form: FormNow, given: Mapping[str, Any], locale: str) -> tuple[MultiDict[str, str], dict[str, list[str]]]:
    """JSON values as a browser would have sent them, so that one set of rules checks both; and what is no text."""
    found: MultiDict[str, str] = MultiDict()
    wrong: dict[str, list[str]] = {}
    for spec in form.schema.fields:
        try:
            value = kind_of(spec.type).from_json(given.get(spec.name))
        except ValueError:
            wrong[spec.name] = [translated("This is not a text.", locale)]
            continue
        if value is not None:
            found.add(spec.name, value)
    return found, wrong


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _submitted_at(value: Any, at: datetime) -> datetime:
    """A trusted server's word; a time without a zone, of another decade or of the future is refused."""
    if value is None:
        return at
    try:
        said = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable("`submitted_at` is a time such as 2026-11-22T03:04:05Z.") from None
    if said.tzinfo is None or not at - OLDEST_HISTORY <= said <= at + NEWEST:
        raise Unreadable("`submitted_at` has a zone, and is neither in the future nor more than ten years old.")
    return said
