"""The visitors' door of pages: published pages, static files, and messages in plain words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

from flask import Blueprint, Flask, Response, redirect, render_template, request, send_file
from werkzeug.wrappers import Response as BaseResponse

from capture.core import failures
from capture.core.assets import file_of
from capture.core.clock import now
from capture.core.errors import NotFound
from capture.core.shelf import as_response, item_of, shelved
from capture.core.texts import translated
from capture.pages import findable, locked, videos, words
from capture.pages.addresses import home_path
from capture.pages.afterwards import place_after
from capture.pages.document import document_of, with_query
from capture.pages.experiments.queries import ExperimentNow
from capture.pages.experiments.show import chosen, documents
from capture.pages.locked import page_or_question
from capture.pages.personal import plain
from capture.pages.policy import allowed_for_conversion, tags_of
from capture.pages.queries import PageNow, home_of, pages_by_slug
from capture.pages.render import render_message
from capture.pages.style import public_headers, style_of_site
from capture.sites.here import site_here
from capture.sites.queries import LOCALES, SiteNow, site_of_host
from capture.tracking.unscripted import note_this_request
from forms.texts import in_locale

# A shared cache may keep a page for a second and serve the old one while it asks, or when we are down; a page that
# ends never.
PAGE_CACHE = "public, max-age=0, s-maxage=1, stale-while-revalidate=60, stale-if-error=600"
ENDING_CACHE = "public, max-age=0, s-maxage=1, must-revalidate"
TEST_CACHE = "private, no-store"
FILE_CACHE = "public, max-age=31536000, immutable"
SCRIPT_CACHE = "public, max-age=300"
EVENT = re.compile(r"[A-Za-z0-9-]{8,64}")

door = Blueprint("pages", __name__)


def install(public: Blueprint) -> None:
    for one in (door, findable.door, locked.door):
        public.register_blueprint(one)
    public.record_once(lambda state: failures.speak_for(cast("Flask", state.app), "/", _message))
    public.record_once(lambda state: cast("Flask", state.app).jinja_env.filters.update(plain=plain))


@door.get("/")
def home() -> BaseResponse:
    site = site_here()
    page = home_of(site)
    return _answer(site, page, site.locale) if page else _nothing()


@door.get("/<slug>")
def page(slug: str) -> BaseResponse:
    site = site_here()
    if slug in LOCALES:
        found = home_of(site)
        return _answer(site, found, slug) if found else _nothing()
    found = pages_by_slug().get((site.id, slug))
    return _answer(site, found, site.locale) if found else _nothing()


@door.get("/<any(vi, en):locale>/")
def home_in(locale: str) -> BaseResponse:
    return page(locale)


@door.get("/<any(vi, en):locale>/<slug>")
def page_in(locale: str, slug: str) -> BaseResponse:
    site = site_here()
    found = pages_by_slug().get((site.id, slug))
    return _answer(site, found, locale) if found else _nothing()


@door.get("/static/<path:path>")
def static(path: str) -> Response:
    found = file_of(path)
    if found is None:
        raise NotFound
    cache = FILE_CACHE if request.args.get("v") or path.startswith("fonts/") else SCRIPT_CACHE
    headers = [("Content-Type", found.media_type), ("X-Content-Type-Options", "nosniff")]
    item = item_of(200, [*headers, ("Cache-Control", cache)], found.bodies[""])
    return shelved(item, keep=bool(request.args.get("v")) or path.startswith("fonts/"))


@door.get("/_video/<name>")
def video(name: str) -> Response:
    found = videos.file_of(name)
    if found is None:
        raise NotFound
    answer = send_file(found[0], mimetype=found[1], conditional=True, max_age=3600)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@door.get("/_thanks/<event>")
def conversion(event: str) -> Response:
    """What the thank-you page shows to the tags: an address without the visitor's token, for they report it."""
    site = site_here()
    tags = tags_of(site)
    if not tags or not EVENT.fullmatch(event):
        raise NotFound
    answer = Response(render_template("pages/conversion.html", tags=tags, event=event, locale=site.locale))
    answer.headers.extend(public_headers(replace(style_of_site(site), allowed=allowed_for_conversion(site))))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _nothing() -> Response:
    raise NotFound


def _answer(site: SiteNow, page: PageNow, locale: str) -> BaseResponse:
    """The page; once it is closed, the place that was named for its visitors, with their campaign."""
    at = now()
    if not page.is_open(at):
        return _elsewhere(site, page, locale) if page.is_over(at) else _nothing()
    if page.password_hash:
        return page_or_question(site, page, locale)
    tested = page.experiment
    return _tested(site, page, tested, locale) if tested else _shelved(site, page, locale)


def _elsewhere(site: SiteNow, page: PageNow, locale: str) -> BaseResponse:
    place = place_after(site, page, locale, now())
    if place is None:
        raise NotFound
    answer = redirect(with_query(place, request.query_string.decode("latin-1")), 302)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shelved(site: SiteNow, page: PageNow, locale: str) -> Response:
    """Make the finished page and put it on the shelf, where the next visitor's request finds it."""
    note_this_request()
    return shelved(document_of(site, page, locale, ENDING_CACHE if page.closes_at else PAGE_CACHE))


def _tested(site: SiteNow, page: PageNow, experiment: ExperimentNow, locale: str) -> Response:
    """While an experiment runs, the answer is for this visitor alone; no shelf and no cache may keep it."""
    note_this_request()
    shown, others = chosen(site, page, experiment)
    place = (request.origin_known, request.path, str(shown.claim))  # type: ignore[attr-defined]
    kept = documents()
    if place not in kept:
        kept[place] = document_of(site, shown, locale, TEST_CACHE, others)
    return as_response(kept[place].answer(request.headers.get("Accept-Encoding", ""), ""))


def _message(status: int, text: str, reference: str | None, _fields: object) -> Response:
    """A refusal in the visitor's language; it never says more than the visitor may know."""
    site = site_of_host(request.host) if status != 503 else None
    if site is None and status in {404, 405}:
        status = 421  # whatever the path: nobody here has that name
    locale = _locale(site)
    home = {"label": translated("To the home page", locale), "href": home_path(site, locale)} if site else None
    title, sentence = _words(site, status, text, locale)
    body = render_message(site, locale, title, sentence, reference=reference, action=home if status == 404 else None)
    answer = Response(body, status)
    answer.headers.extend(public_headers(style_of_site(site)))
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


def _words(site: SiteNow | None, status: int, text: str, locale: str) -> tuple[str, str]:
    """Ours, or the site's own where there is nothing."""
    own = site.settings.get("not_found") if site and status == 404 and text not in words.WORDS else None
    if own:
        return in_locale(own["title"], locale), in_locale(own.get("text"), locale)
    title, sentence = words.of(status, text)
    return translated(title, locale), translated(sentence, locale)


def _locale(site: SiteNow | None) -> str:
    first = request.path.strip("/").split("/", 1)[0]
    if first in LOCALES:
        return first
    return site.locale if site else (request.accept_languages.best_match(LOCALES) or "en")
