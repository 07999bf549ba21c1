"""The marketers' door of a page's past, and the link by which somebody without an account sees its draft."""

from __future__ import annotations

import difflib
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.signing import opened, signed
from capture.core.speech import spoken
from capture.core.transactions import transaction
from capture.pages.console_editor import found, previewed
from capture.pages.drafts import change, draft_of
from capture.pages.editor import PAGE, page_row
from capture.pages.edits import with_ids
from capture.pages.models import Page, PageVersion
from capture.sites.export import text_of
from capture.sites.here import site_here
from capture.sites.queries import LOCALES
from forms.texts import in_locale

LINK = "page preview"
LINK_LIFETIME = timedelta(days=7)
MOST = 50

public = Blueprint("page_previews", __name__)


def install(door: Blueprint) -> None:
    door.add_url_rule("/<page_id>/versions", view_func=versions, methods=["GET"])
    door.add_url_rule("/<page_id>/versions/<int:number>", view_func=version, methods=["GET"])
    door.add_url_rule("/<page_id>/versions/<int:number>/restoration", view_func=restoration, methods=["POST"])
    door.add_url_rule("/<page_id>/link", view_func=link, methods=["POST"])


@allowed("pages.see")
def versions(page_id: str) -> Response:
    """What was published when and by whom, and the difference of any two."""
    site, page = found(page_id)
    rows = select(PageVersion).where(PageVersion.page_id == page_id).order_by(PageVersion.number.desc()).limit(MOST)
    kept = db.session.execute(rows).scalars().all()
    one, other = _compared([row.number for row in kept], page["version"])
    texts = {row.number: text_of({"page": row.content}) for row in kept if row.number in {one, other}}
    return screen(
        "pages/console/versions.html",
        page=page,
        title=in_locale(draft_of(db.session.connection(), page).content["title"], spoken()),
        versions=[_row(page, row) for row in kept],
        one=one,
        other=other,
        lines=_difference(texts.get(one, ""), texts.get(other, "")),
        site=site,
    )


@allowed("pages.see")
def version(page_id: str, number: int) -> Response:
    """An old version as it looked."""
    site, page = found(page_id)
    return previewed(site, page, with_ids(_content(page_id, number)), site.locale)


@allowed("pages.edit")
def restoration(page_id: str, number: int) -> BaseResponse:
    """An old version as the draft; publishing it is one more press, and undo brings back what was there."""
    _site, page = found(page_id)
    wanted, by = with_ids(_content(page_id, number)), current_user().email
    with transaction() as write:
        kept = {name: value for name, value in draft_of(write, page).content.items() if name in {"slug", "offer"}}
        change(write, page, lambda _content: {**wanted, **kept}, what=PAGE, by=by, at=now())
    flash("The old version is your draft now. Publish it when it is right.", "success")
    return redirect(url_for(".editor", page_id=page_id), 303)


@allowed("pages.edit")
def link(page_id: str) -> Response:
    """A link that shows the draft, as it is when it is opened, for seven days and to whoever has it."""
    site, page = found(page_id)
    token = signed(LINK, page_id, at=now())
    address = f"{request.origin_here}/_preview/{token}"  # type: ignore[attr-defined]
    return screen("pages/console/link.html", page=page, address=address, until=now() + LINK_LIFETIME, site=site)


@public.get("/_preview/<token>")
def shared(token: str) -> Response:
    """The draft for somebody who has the link. A name that begins with `_` is no page's."""
    site = site_here()
    page_id = opened(LINK, token, now=now(), lifetime=LINK_LIFETIME)
    page = page_row(site.id, page_id) if page_id else None
    if page is None:
        raise NotFound
    locale = request.args.get("locale", site.locale)
    content = draft_of(db.session.connection(), page).content
    answer = previewed(site, page, content, locale if locale in LOCALES else site.locale)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _content(page_id: str, number: int) -> dict[str, Any]:
    """A stored version with what belongs to the page itself."""
    rows = select(PageVersion.content, Page.slug).join(Page, Page.id == PageVersion.page_id)
    row = db.session.execute(rows.where(PageVersion.page_id == page_id, PageVersion.number == number)).first()
    if row is None:
        raise NotFound("There is no such version.")
    return {**row.content, "slug": row.slug}


def _row(page: dict[str, Any], row: PageVersion) -> dict[str, Any]:
    return {
        "number": row.number,
        "at": row.published_at,
        "by": row.published_by or "",
        "is_live": row.number == page["version"],
        "preview": url_for(".version", page_id=page["id"], number=row.number),
        "restore": url_for(".restoration", page_id=page["id"], number=row.number),
    }


def _compared(numbers: list[int], live: int) -> tuple[int, int]:
    """The two versions asked for; the live one and the one before it by default."""

    def asked(name: str, usual: int) -> int:
        text = request.args.get(name, "")
        return int(text) if text.isdigit() and int(text) in numbers else usual

    before = next((number for number in numbers if number < live), live)
    return asked("from", before), asked("to", live)


def _difference(one: str, other: str) -> list[tuple[str, str]]:
    """Lines with ` `, `+` or `-`, three around each change."""
    found_lines = difflib.unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=3)
    return [(line[:1], line[1:]) for line in list(found_lines)[2:]]
