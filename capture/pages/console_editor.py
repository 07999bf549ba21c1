"""The marketers' door of one page being edited: its screen, its draft, its preview, its publication."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from sqlalchemy import Connection, update
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.passwords import hashed
from capture.accounts.roles import may
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import CaptureError, Conflict, Invalid, NotFound
from capture.core.speech import _, spoken
from capture.core.templates import clock
from capture.core.transactions import again_if_raced, transaction
from capture.pages import edits
from capture.pages.addresses import page_path
from capture.pages.drafts import Draft, change, discard, draft_of, redo, rename, undo
from capture.pages.editor import (
    PAGE,
    addresses,
    errors_in,
    fields_of,
    kinds_to_add,
    lines_of,
    page_row,
    preview_page,
    state_of,
    weight_of,
)
from capture.pages.models import Page
from capture.pages.presence import note_presence, others_at
from capture.pages.render import render_page
from capture.pages.steps import chosen_after, chosen_of, done_in_words, edit_of
from capture.pages.style import public_headers, style_of_page
from capture.sites import revision
from capture.sites.change import put, section_of
from capture.sites.here import shown_site
from capture.sites.queries import LOCALES, SiteNow
from forms.texts import in_locale


def install(door: Blueprint) -> None:
    for rule, view, methods in (
        ("/<page_id>", editor, ["GET"]),
        ("/<page_id>/draft", draft, ["POST"]),
        ("/<page_id>/preview", preview, ["GET"]),
        ("/<page_id>/presence", presence, ["POST"]),
        ("/<page_id>/publication", publication, ["POST"]),
        ("/<page_id>/password", password, ["POST"]),
    ):
        door.add_url_rule(rule, view_func=view, methods=methods)


@allowed("pages.see")
def editor(page_id: str) -> Response:
    site, page = found(page_id)
    current = draft_of(db.session.connection(), page)
    chosen = chosen_of(current, request.args.get("block", ""))
    return screen("pages/console/editor.html", **_context(site, page, current, chosen))


@allowed("pages.edit")
def draft(page_id: str) -> BaseResponse:
    """One edit. A script gets what changed on the screen, a browser without it the screen."""
    site, page = found(page_id)
    verb, _colon, block = request.form.get("do", "").partition(":")
    try:
        edited, chosen = _edited(page, verb, block)
    except CaptureError as refusal:
        return _refused(site, page, block, refusal)
    if not _wants_pieces():
        return redirect(url_for(".editor", page_id=page_id, block=chosen), 303)
    fresh = page_row(site.id, page_id) or page
    return _pieces(site, fresh, edited, chosen, verb=verb)


@allowed("pages.see")
def preview(page_id: str) -> Response:
    """The draft as visitors would see it, without script, for the frame of the editor and for thumbnails."""
    site, page = found(page_id)
    current = draft_of(db.session.connection(), page)
    locale = request.args.get("locale", site.locale)
    return previewed(site, page, current.content, locale if locale in LOCALES else site.locale)


@allowed("pages.see")
def presence(page_id: str) -> Response:
    """I am here, at this block: who else is, and which step is the newest."""
    site, page = found(page_id)
    user = current_user()
    if may(user.role, "pages.edit"):
        with transaction() as write:
            note_presence(write, page_id, user.id, request.form.get("block"), now())
    current = draft_of(db.session.connection(), page)
    labels = {line["id"]: line["label"] for line in lines_of(current, {})} | {PAGE: _("Page")}
    others = [{**one, "at": labels.get(one["block"] or "", "")} for one in others_at(page_id, user.id, now())]
    told = {"step": current.step, "by": current.edited_by, "is_mine": current.edited_by == user.email}
    html = render_template("pages/console/_others.html", others=others)
    return jsonify({**told, "others": html, "count": len(others)})


@allowed("pages.publish")
def publication(page_id: str) -> BaseResponse:
    """What the draft says is live; the draft begins anew."""
    site, page = found(page_id)
    current = draft_of(db.session.connection(), page)
    try:
        put(section_of("pages"), _publishable(page, current), site_id=site.id, actor=current_user().email)
    except Invalid as refusal:
        chosen = _first_wrong(current, refusal.errors)
        context = _context(site, page, current, chosen, errors=refusal.errors)
        return screen("pages/console/editor.html", status=422, refused=True, **context)
    with transaction() as write:
        discard(write, page_id)
    flash("The page is live.", "success")
    return redirect(url_for(".editor", page_id=page_id), 303)


@allowed("pages.publish")
def password(page_id: str) -> BaseResponse:
    """Set or end the password of a page; it counts at once, without a new version."""
    _site, page = found(page_id)
    chosen = request.form.get("password", "").strip()
    secret = hashed(chosen) if chosen else None
    with transaction() as write:
        write.execute(update(Page).where(Page.id == page_id).values(password_hash=secret))
        _note_password(write, page, secret is not None)
        revision.move(write)
    flash("Visitors are asked for the password now." if chosen else "The page is open to everybody again.", "success")
    return redirect(url_for(".editor", page_id=page_id, block=PAGE), 303)


def found(page_id: str) -> tuple[SiteNow, dict[str, Any]]:
    """The site that is worked on and one of its pages; raises NotFound."""
    site = shown_site()
    page = page_row(site.id, page_id) if site else None
    if site is None or page is None:
        raise NotFound("There is no such page.")
    return site, page


def previewed(site: SiteNow, page: dict[str, Any], content: Any, locale: str) -> Response:
    """Some content of a page, rendered for those who work on it."""
    shown = preview_page(site, page, content)
    html = render_page(site, shown, locale, origin=request.origin_here, is_preview=True)  # type: ignore[attr-defined]
    answer = Response(html)
    answer.headers.extend(public_headers(style_of_page(site, content)))
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["X-Weight"] = str(weight_of(html))
    return answer


@again_if_raced
def _edited(page: dict[str, Any], verb: str, block: str) -> tuple[Draft, str]:
    """Do what the button says; returns the draft and the block that is chosen afterwards."""
    by, at, typed = current_user().email, now(), request.form
    with transaction() as write:
        if verb in {"undo", "redo"}:
            made = (undo if verb == "undo" else redo)(write, page, by=by, at=at)
            return made, chosen_of(made, typed.get("chosen", ""))
        if verb == "discard":
            if not page["version"]:
                raise Conflict("There is nothing published to go back to.")
            discard(write, page["id"])
            made = draft_of(write, page)
            return made, chosen_of(made, "")
        before = draft_of(write, page)
        edit, what = edit_of(before, verb, block, typed)
        seen = int(typed["seen"]) if typed.get("seen", "").isdigit() and verb in {"fields", "page"} else None
        made = change(write, page, edit, what=what, by=by, at=at, seen=seen)
        if verb == "page" and not page["version"]:
            made = rename(write, page, typed.get("p.slug", "").strip(), by=by, at=at) or made
    return made, chosen_after(before, made, verb, block)


def _publishable(page: dict[str, Any], current: Draft) -> dict[str, Any]:
    """The draft without its marks; a password that was set meanwhile stays."""
    content = {name: value for name, value in edits.without_ids(current.content).items() if name != "published"}
    secret = {"password": "stored"} if page["password_hash"] else {}
    return {**{name: value for name, value in content.items() if name != "password"}, **secret}


def _first_wrong(current: Draft, errors: Any) -> str:
    for path in errors:
        steps = path.split(".")
        if steps[0] == "blocks" and len(steps) > 1 and steps[1].isdigit():
            return str(current.content["blocks"][int(steps[1])]["id"])
    return PAGE


def _context(site: SiteNow, page: dict[str, Any], current: Draft, chosen: str, errors: Any = None) -> dict[str, Any]:
    wrong = {**errors_in(current.content), **(errors or {})}
    return {
        "site": site,
        "page": page,
        "draft": current,
        "title": in_locale(current.content["title"], spoken()),
        "path": page_path(site, page["slug"], site.locale),
        "lines": lines_of(current, wrong),
        "fields": fields_of(current, chosen, wrong),
        "chosen": chosen,
        "kinds": kinds_to_add(current),
        "state": state_of(page, current),
        "urls": addresses(page["id"]),
        "locales": LOCALES,
        "can_edit": may(current_user().role, "pages.edit"),
    }


def _pieces(site: SiteNow, page: dict[str, Any], current: Draft, chosen: str, *, verb: str) -> Response:
    """What the script puts in place of the old; the fields stay where somebody types in them."""
    context = _context(site, page, current, chosen)
    pieces = {
        "step": current.step,
        "chosen": chosen,
        "list": render_template("pages/console/_blocks.html", **context),
        "state": render_template("pages/console/_state.html", **context),
        "saved": _("Saved at %(time)s", time=clock(now())),
        "wrong": errors_in(current.content),
        "done": done_in_words(current, verb, chosen),
    }
    if verb not in {"fields", "page"}:
        pieces["fields"] = render_template("pages/console/_fields.html", **context)
    return jsonify(pieces)


def _refused(site: SiteNow, page: dict[str, Any], block: str, refusal: CaptureError) -> BaseResponse:
    """What somebody else did meanwhile is shown, never overwritten."""
    said = _("%(name)s changed this part meanwhile. Here is how it is now.", name=refusal.message)
    text = said if isinstance(refusal, Conflict) and "@" in refusal.message else _(refusal.message)
    if not _wants_pieces():
        flash(text, "error")
        return redirect(url_for(".editor", page_id=page["id"]), 303)
    current = draft_of(db.session.connection(), page)
    answer = _pieces(site, page, current, chosen_of(current, block), verb="")
    told: dict[str, Any] = answer.get_json()
    again = jsonify({**told, "notice": text})
    again.status_code = 409
    return again


def _wants_pieces() -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _note_password(write: Connection, page: dict[str, Any], is_set: bool) -> None:
    details = {"before": {"password": bool(page["password_hash"])}, "after": {"password": is_set}}
    note(write, current_user().email, "pages.password", subject=page["slug"], at=now(), details=details)
