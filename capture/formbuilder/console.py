"""The marketers' door of forms: the list, the editor beside its preview, versions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.shapes import controls_of
from capture.console.shell import screen
from capture.core.db import db
from capture.core.doors import Doors, Entry
from capture.core.errors import Conflict, NotFound
from capture.core.speech import _
from capture.formbuilder.advice import WORDS, advice_on
from capture.formbuilder.drafts import draft_of, renamed, schema_of
from capture.formbuilder.editor import editor_of
from capture.formbuilder.names import free
from capture.formbuilder.offered import mine
from capture.formbuilder.presets import PRESETS, preset
from capture.formbuilder.queries import FormNow
from capture.formbuilder.versions import frozen_names, schema_of_version, versions_of
from capture.sites.change import retire, section_of
from capture.sites.here import console_site
from capture.sites.saving import Errors, kept_item, saved, state
from capture.sites.uses import titles_here, uses_of

door = Blueprint("forms", __name__, url_prefix="/forms")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("forms", "Forms", "forms", "console.forms.index", "forms.see", 130, on_phone=True))


@door.get("")
@allowed("forms.see")
def index() -> Response:
    site = console_site()
    uses = uses_of(db.session.connection(), "form", site_id=site.id)
    count = current_app.extensions["capture.doors"].tellers.get("submissions_by_form", lambda _site: {})
    sent, titles = count(site.id), titles_here()
    rows = [_row(one, uses, sent, titles) for one in mine()]
    return screen("forms/list.html", rows=rows, titles=titles, may_edit=g.permits("forms.edit"))


@door.route("/-/new", methods=["GET", "POST"])
@allowed("forms.edit")
def new() -> BaseResponse:
    if request.method == "POST":
        item = draft_of(request.form, {})
        return _answer(item, saved("forms", item, is_new=True), is_new=True)
    chosen = preset(request.args.get("preset", ""))
    if chosen is None and "preset" not in request.args:
        return screen("forms/new.html", presets=PRESETS)
    slug = free(chosen.key if chosen else "form", {one.slug for one in mine()}, "-")
    return _editor({"slug": slug, "fields": [dict(one) for one in chosen.fields] if chosen else []}, is_new=True)


@door.route("/<slug>", methods=["GET"])
@allowed("forms.see")
def show(slug: str) -> Response:
    item = _kept(slug)
    number = request.args.get("version", "")
    if number.isascii() and number.isdigit():
        item = {**item, "fields": schema_of_version(console_site().id, slug, int(number[:6]))}
    return _editor(item)


@door.post("/<slug>")
@allowed("forms.edit")
def publication(slug: str) -> BaseResponse:
    kept = _kept(slug)
    before = kept if request.form.get("_was") == state(kept) else {}
    item = {**draft_of(request.form, before), "slug": slug}
    item["pipeline"] = kept.get("pipeline", "marketing")
    lost = renamed(request.form, item, before)
    reason = _("The name stays “%(name)s”: answers that were given point at it. Add a new field instead.")
    errors: Errors = {path: [reason % {"name": name}] for path, name in lost.items()}
    return _answer(item, errors or saved("forms", item))


@door.post("/<slug>/advice")
@allowed("forms.edit")
def advice(slug: str) -> Response:
    """What we would say of the form as it is typed; a fragment."""
    return Response(render_template("forms/_advice.html", advice=_told(draft_of(request.form, {}))))


@door.post("/<slug>/retirement")
@allowed("forms.edit")
def retirement(slug: str) -> BaseResponse:
    try:
        retire(section_of("forms"), slug, site_id=console_site().id, actor=current_user().email)
    except Conflict:
        flash("This form is still in use. Take it out of its pages and offers first.", "error")
        return redirect(url_for(".show", slug=slug), 303)
    flash("The form takes no new answers. What was given stays.", "success")
    return redirect(url_for(".index"), 303)


def _answer(item: dict[str, Any], errors: Errors, *, is_new: bool = False) -> BaseResponse:
    if errors:
        return _editor(item, errors=errors, is_new=is_new)
    flash("Published. Visitors see it within a second.", "success")
    return redirect(url_for(".show", slug=item["slug"]), 303)


def _editor(item: Mapping[str, Any], *, errors: Errors | None = None, is_new: bool = False) -> Response:
    slug, site = str(item.get("slug") or ""), console_site()
    kept = None if is_new else kept_item("forms", slug)
    frozen = frozen_names(site.id, slug) if kept else frozenset()
    section, titles = section_of("forms"), titles_here()
    return screen(
        "forms/edit.html",
        status=422 if errors else 200,
        **editor_of(item, frozen=frozen, errors=errors or {}),
        head=controls_of(section.item_shape, item, errors=errors, only=("slug", "pipeline")),
        is_new=is_new,
        was=state(kept),
        slug=slug,
        title=titles.get(("form", _id_of(slug)), "") if kept else "",
        titles=titles,
        versions=versions_of(site.id, slug) if kept else [],
        uses=uses_of(db.session.connection(), "form", site_id=site.id).get(_id_of(slug), []) if kept else [],
        advice=_told(item),
        may_edit=g.permits("forms.edit"),
        shown_version=request.args.get("version", "") if request.method == "GET" else "",
    )


def _told(item: Mapping[str, Any]) -> list[str]:
    found = advice_on(schema_of(item))
    words = [
        {**one.values, **({"language": _(one.values["language"])} if "language" in one.values else {})} for one in found
    ]
    return [
        _(WORDS[one.key]) % values if values else _(WORDS[one.key]) for one, values in zip(found, words, strict=True)
    ]


def _kept(slug: str) -> dict[str, Any]:
    item = kept_item("forms", slug)
    if item is None:
        raise NotFound("There is no such form.")
    return dict(item)


def _id_of(slug: str) -> str:
    return next((one.id for one in mine() if one.slug == slug), "")


def _row(
    form: FormNow, uses: Mapping[str, Any], sent: Mapping[str, int], titles: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    is_mine = form.pipeline in pipelines_of(current_user().role)
    return {
        "slug": form.slug,
        "title": titles.get(("form", form.id), ""),
        "href": url_for(".show", slug=form.slug),
        "pipeline": form.pipeline,
        "fields": len(form.schema.fields),
        "version": form.number,
        "uses": uses.get(form.id, []),
        "sent": sent.get(form.id, 0) if is_mine else None,
    }
