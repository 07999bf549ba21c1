"""The marketers' door of pages: the list, a new page from a template, and what is done with a whole page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import delete, func, select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import may
from capture.console.lists import page_number, page_of
from capture.console.palette import matches
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Action, Doors, Entry, Finder, Step
from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.speech import spoken
from capture.core.transactions import transaction
from capture.delivery.queries import destinations
from capture.pages import console_editor, console_versions
from capture.pages.addresses import page_path
from capture.pages.beginning import begin, beginning_of
from capture.pages.drafts import create_page, draft_of
from capture.pages.editor import page_row, state_of
from capture.pages.edits import without_ids
from capture.pages.gallery import Preset, presets
from capture.pages.models import Page, PageVersion
from capture.pages.numbers import numbers_of
from capture.pages.samples import sampled
from capture.pages.sitefile import exported_page
from capture.sites.change import put, retire, section_of
from capture.sites.here import shown_site
from capture.sites.queries import LOCALES, SiteNow
from forms.texts import in_locale

ROWS, MOST_SEARCHED = 24, 1_000

door = Blueprint("pages", __name__, url_prefix="/pages")
console_editor.install(door)
console_versions.install(door)


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("pages", "Pages", "layout-cards", "console.pages.index", "pages.see", 120, on_phone=True))
    doors.action(Action("New page", "plus", "console.pages.new", "pages.edit", "landing page template"))
    doors.choice("page", _choices)
    _add_steps(doors)
    doors.finder(Finder("Pages", "layout-cards", "pages.see", _found))


def _add_steps(doors: Doors) -> None:
    """The way to the first lead, as far as pages go."""
    doors.step(Step(
        "page", "Choose a template", "A finished page with its form and its offer. You change the words.",
        "Choose a template", "console.pages.new", "pages.edit", 20, lambda: _has(Page.version >= 0),
    ))  # fmt: skip
    doors.step(Step(
        "publish", "Publish the page", "It is on the web within a second, and taken down as fast.",
        "Open the page", "console.pages.index", "pages.publish", 30, lambda: _has(Page.version > 0),
    ))  # fmt: skip
    doors.step(Step(
        "test", "Send yourself a lead", "Play the visitor, fill in the form and follow the lead until it arrives.",
        "Open the page", "public.pages.home", "pages.see", 50, lambda: False,
    ))  # fmt: skip


def _has(condition: Any) -> bool:
    rows = select(Page.id).where(condition, Page.retired_at.is_(None)).limit(1)
    return db.session.execute(rows).first() is not None


def my_site() -> SiteNow:
    """The site that is worked on; raises NotFound before there is one."""
    site = shown_site()
    if site is None:
        raise NotFound("There is no site yet.")
    return site


def my_page(page_id: str) -> dict[str, Any]:
    """A page of this site; raises NotFound."""
    found = page_row(my_site().id, page_id)
    if found is None:
        raise NotFound("There is no such page.")
    return found


@door.get("")
@allowed("pages.see")
def index() -> Response:
    site = shown_site()
    if site is None:
        return screen("pages/console/list.html", rows=[], page=page_of(0))
    mine = select(Page).where(Page.site_id == site.id, Page.retired_at.is_(None))
    total = db.session.execute(select(func.count()).select_from(mine.subquery())).scalar_one()
    ordered = mine.order_by(Page.id.desc()).offset((page_number() - 1) * ROWS).limit(ROWS)
    rows = [dict(row) for row in db.session.execute(ordered.with_only_columns(*Page.__table__.columns)).mappings()]
    numbers = numbers_of(site, {row["id"]: row["slug"] for row in rows}, now())
    shown = [_row(site, row, numbers[row["id"]]) for row in rows]
    return screen("pages/console/list.html", rows=shown, page=page_of(total, per_page=ROWS))


@door.route("/new", methods=["GET", "POST"])
@allowed("pages.edit")
def new() -> BaseResponse:
    """Choose a template, say a few words: the page with its form, offer and destination is there to be looked at."""
    chosen = presets().get(request.values.get("preset", ""))
    if request.method != "POST":
        return _asked(chosen, {}, {}, 200)
    typed, sent = request.form.to_dict(), request.files.get("file")
    file = (sent.filename, sent.read()) if sent and sent.filename else None
    try:
        beginning = beginning_of(chosen, typed, locale=spoken(), host=request.host, file=file)
        page_id = begin(beginning, by=current_user().email)
    except (Invalid, Conflict) as refusal:
        errors = refusal.errors if isinstance(refusal, Invalid) else {"slug": [refusal.message]}
        return _asked(chosen, typed, errors, 422)
    return redirect(url_for(".editor", page_id=page_id), 303)


def _asked(chosen: Preset | None, typed: dict[str, str], errors: Any, status: int) -> Response:
    """The templates, or what one of them wants to know."""
    site = shown_site()
    if chosen is None:
        return screen("pages/console/gallery.html", presets=list(presets().values()), status=status)
    shown = {"preset": chosen, "site": site, "has_destination": bool(site and destinations().get(site.id))}
    return screen("pages/console/new.html", status=status, typed=typed, errors=errors, **shown)


@door.get("/new/<name>")
@allowed("pages.edit")
def sample(name: str) -> Response:
    """A template as it looks, for the gallery."""
    preset = presets().get(name)
    if preset is None:
        raise NotFound("There is no such template.")
    locale = request.args.get("locale", spoken())
    return sampled(preset, shown_site(), locale if locale in LOCALES else "en")


@door.post("/<page_id>/copy")
@allowed("pages.edit")
def copy(page_id: str) -> BaseResponse:
    """The same page under a new address, as a draft."""
    page, site = my_page(page_id), my_site()
    content = without_ids(draft_of(db.session.connection(), page).content)
    slug = _free_slug(site, content["slug"])
    kept = {name: value for name, value in content.items() if name not in {"password", "published", "opens", "closes"}}
    with transaction() as write:
        made = create_page(write, {**kept, "slug": slug}, site_id=site.id, by=current_user().email, at=now())
    flash("The copy is ready. Nobody sees it before you publish it.", "success")
    return redirect(url_for(".editor", page_id=made), 303)


@door.post("/<page_id>/closure")
@allowed("pages.publish")
def closure(page_id: str) -> BaseResponse:
    """Take a page down; whoever follows an old link is sent to the place that is named here."""
    return _set_published(
        my_page(page_id), published=False, afterwards=request.form.get("afterwards", "").strip() or "/"
    )


@door.post("/<page_id>/reopening")
@allowed("pages.publish")
def reopening(page_id: str) -> BaseResponse:
    return _set_published(my_page(page_id), published=True)


@door.post("/<page_id>/retirement")
@allowed("pages.publish")
def retirement(page_id: str) -> BaseResponse:
    """For good: out of the list, its address is free of it. What it brought stays."""
    page = my_page(page_id)
    if page["version"]:
        retire(section_of("pages"), page["slug"], site_id=my_site().id, actor=current_user().email)
    else:
        with transaction() as write:
            write.execute(delete(Page).where(Page.id == page_id, Page.version == 0))
            note(write, current_user().email, "pages.drop", subject=page["slug"], at=now(), details={})
    flash("The page is gone. Its leads stay.", "success")
    return redirect(url_for(".index"), 303)


def _set_published(page: dict[str, Any], *, published: bool, afterwards: str | None = None) -> BaseResponse:
    item = exported_page(db.session.connection(), page)
    kept = {name: value for name, value in item.items() if name != "published"}
    changes = {"published": False, "afterwards": afterwards} if not published else {}
    put(section_of("pages"), {**kept, **changes}, site_id=my_site().id, actor=current_user().email)
    if published:
        flash("The page is live again.", "success")
    else:
        undo = url_for(".reopening", page_id=page["id"])
        flash("The page is taken down; visitors go where you said.", f"success:{undo}")
    return redirect(url_for(".editor", page_id=page["id"]), 303)


def _row(site: SiteNow, page: dict[str, Any], numbers: Any) -> dict[str, Any]:
    draft = draft_of(db.session.connection(), page)
    can_edit = may(current_user().role, "pages.edit")
    return {
        "id": page["id"],
        "title": in_locale(draft.content["title"], spoken()),
        "path": page_path(site, page["slug"], site.locale),
        "href": url_for(".editor", page_id=page["id"]) if can_edit else page_path(site, page["slug"], site.locale),
        "preview": url_for(".preview", page_id=page["id"], thumbnail=1),
        "state": state_of(page, draft),
        "edited_at": draft.edited_at,
        "edited_by": draft.edited_by,
        "visitors": numbers.visitors,
        "leads": numbers.leads,
        "rate": numbers.rate,
    }


def _free_slug(site: SiteNow, slug: str) -> str:
    taken = set(db.session.execute(select(Page.slug).where(Page.site_id == site.id)).scalars())
    stem = slug[:58]
    return next(name for number in range(2, 10_000) if (name := f"{stem}-{number}") not in taken)


def _found(text: str) -> list[dict[str, str]]:
    """Pages for the command palette, by title or address."""
    site = shown_site()
    rows = select(Page.id, Page.slug, PageVersion.content).outerjoin(
        PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version)
    )
    mine = rows.where(Page.site_id == (site.id if site else ""), Page.retired_at.is_(None)).order_by(Page.id.desc())
    titles = [
        (page_id, slug, in_locale((content or {}).get("title"), spoken()) or slug)
        for page_id, slug, content in db.session.execute(mine.limit(MOST_SEARCHED))
    ]
    return [
        {"label": title, "about": f"/{slug}", "href": url_for("console.pages.editor", page_id=page_id)}
        for page_id, slug, title in titles
        if matches(text, title, slug)
    ]


def _choices() -> list[dict[str, str]]:
    site = shown_site()
    if site is None:
        return []
    rows = select(Page.slug).where(Page.site_id == site.id, Page.version > 0, Page.retired_at.is_(None))
    return [{"key": slug, "label": f"/{slug}"} for slug in db.session.execute(rows.order_by(Page.slug)).scalars()]
