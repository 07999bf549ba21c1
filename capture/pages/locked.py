"""The door of pages that have a password: a small form, then one signed cookie for the page's path.

No cache and no shelf keeps such an answer, and search engines are told nothing of it.
"""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_limiter import RateLimitExceeded

from capture.accounts.passwords import is_right
from capture.core import limits
from capture.core.clock import now
from capture.core.errors import NotFound
from capture.core.shelf import as_response
from capture.core.speech import speaking
from capture.core.texts import translated
from capture.pages.addresses import page_path
from capture.pages.document import document_of, with_query
from capture.pages.passes import LIFETIME, is_pass, new_pass
from capture.pages.queries import PageNow, pages_by_slug
from capture.pages.render import render_alone
from capture.pages.style import FORM, public_headers, style_of_site, theme_of
from capture.sites.here import site_here
from capture.sites.queries import LOCALES, SiteNow
from capture.tracking.unscripted import note_this_request

COOKIE = "capture_page"
CACHE = "private, no-store"
QUERY_LENGTH = 2_000
WORDS = {
    422: "This is not the password. Please try again.",
    429: "Those were many tries. Please wait a minute.",
}

door = Blueprint("locked", __name__)


def page_or_question(site: SiteNow, page: PageNow, locale: str) -> Response:
    """The page for those who were let in; the question for everybody else."""
    if not is_pass(page, request.cookies.get(COOKIE), now()):
        return _asked(site, page, locale, 200)
    note_this_request()
    whole = document_of(site, page, locale, CACHE)
    return as_response(whole.answer(request.headers.get("Accept-Encoding", ""), ""))


@door.post("/_unlock/<slug>")
def unlocking(slug: str) -> Response:
    site = site_here()
    page = pages_by_slug().get((site.id, slug))
    if page is None or page.password_hash is None or not page.is_open(now()):
        raise NotFound
    locale = _locale(site)
    try:
        limits.count("unlocks")
    except RateLimitExceeded:
        return _asked(site, page, locale, 429)
    if not is_right(page.password_hash, request.form.get("_password", "")):
        return _asked(site, page, locale, 422)
    return _let_in(site, page, locale)


def _let_in(site: SiteNow, page: PageNow, locale: str) -> Response:
    """Back to where they were; the cookie goes to no other address."""
    path = page_path(site, page.slug, locale)
    answer = Response(status=303, headers={"Location": with_query(path, _query()), "Cache-Control": CACHE})
    answer.set_cookie(
        COOKIE,
        new_pass(page, now()),
        max_age=LIFETIME,
        path=path,
        secure=request.origin_known.startswith("https:"),  # type: ignore[attr-defined]
        httponly=True,
        samesite="Lax",
    )
    return answer


def _asked(site: SiteNow, page: PageNow, locale: str, status: int) -> Response:
    theme = theme_of(site, page.content)
    with speaking(locale):
        told = {
            "action": f"/_unlock/{page.slug}",
            "query": _query(),
            "error": translated(WORDS[status], locale) if status in WORDS else "",
        }
        style = style_of_site(site, FORM, theme)
        body = render_alone("pages/locked.html", site, locale, theme, style, **told)
    answer = Response(body, status)
    answer.headers.extend(public_headers(style))
    answer.headers["Cache-Control"] = CACHE
    answer.headers["Content-Language"] = locale
    answer.headers["X-Robots-Tag"] = "noindex"
    if status == 429:
        answer.headers["Retry-After"] = "60"
    return answer


def _locale(site: SiteNow) -> str:
    wanted = request.form.get("_locale")
    return wanted if wanted in LOCALES else site.locale


def _query() -> str:
    """The campaign that they came with, as it was; nothing that could end the line of a header."""
    given = request.form.get("_query") if request.method == "POST" else request.query_string.decode("latin-1")
    return "".join(one for one in given or "" if "!" <= one <= "~" and one != "#")[:QUERY_LENGTH]
