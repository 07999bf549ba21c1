"""The marketers' door of offers: the list with its stock, the editor, files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.audit import note
from capture.accounts.guards import allowed, current_user
from capture.console.shapes import controls_of, unplaced, value_of, wrong
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Doors, Entry
from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.speech import _, spoken
from capture.core.transactions import transaction
from capture.formbuilder.offered import mine as forms_here
from capture.offers.assets import keep_upload
from capture.offers.counts import granted_counts, mine, size_in_words, stocks
from capture.offers.coupon_codes import sample_code
from capture.offers.queries import OfferNow
from capture.offers.sitefile import OfferShape
from capture.sites.change import retire, section_of
from capture.sites.here import console_site
from capture.sites.saving import Errors, kept_item, saved, state
from capture.sites.uses import titles_here, uses_of
from forms.texts import in_locale

WORDS = {
    "ebook": ("Ebook", "A file against contact details: a guide, a report, a checklist.", "file-text"),
    "coupon": ("Coupon", "A code of one's own, in a limited number, until a date.", "ticket"),
}
BELONGS = {"ebook": ("asset",), "coupon": ("coupon",)}

door = Blueprint("offers", __name__, url_prefix="/offers")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("offers", "Offers", "ticket", "console.offers.index", "offers.see", 140))


@door.get("")
@allowed("offers.see")
def index() -> Response:
    site = console_site()
    given, stock = granted_counts(site.id), stocks(site.id)
    uses = uses_of(db.session.connection(), "offer", site_id=site.id)
    titles = titles_here()
    forms = {one.id: titles.get(("form", one.id)) or one.slug for one in forms_here()}
    rows = [_row(one, forms, given, stock, uses) for one in mine()]
    return screen("offers/list.html", rows=rows, titles=titles, may_edit=g.permits("offers.edit"))


@door.route("/-/new", methods=["GET", "POST"])
@allowed("offers.edit")
def new() -> BaseResponse:
    kind = request.args.get("kind", "")
    if kind not in WORDS:
        kinds = [
            {"key": key, "label": label, "about": about, "icon": icon} for key, (label, about, icon) in WORDS.items()
        ]
        return screen("offers/new.html", kinds=kinds, has_forms=bool(forms_here()))
    if request.method == "POST":
        item = _posted(kind, {"kind": kind})
        return _answer(item, saved("offers", item, is_new=True), is_new=True)
    forms = forms_here()
    item = {"kind": kind, "form": forms[-1].slug if len(forms) == 1 else None, "asset": request.args.get("asset")}
    return _editor({name: value for name, value in item.items() if value}, is_new=True)


@door.get("/<slug>")
@allowed("offers.see")
def show(slug: str) -> Response:
    item = _kept(slug)
    return _editor({**item, "asset": request.args["asset"]} if "asset" in request.args else item)


@door.post("/<slug>")
@allowed("offers.edit")
def change(slug: str) -> BaseResponse:
    kept = _kept(slug)
    before = kept if request.form.get("_was") == state(kept) else {"kind": kept["kind"]}
    item = {**_posted(str(kept["kind"]), before), "slug": slug}
    return _answer(item, saved("offers", item))


@door.post("/<slug>/retirement")
@allowed("offers.edit")
def retirement(slug: str) -> BaseResponse:
    try:
        retire(section_of("offers"), slug, site_id=console_site().id, actor=current_user().email)
    except Conflict:
        flash("This offer is still on a page. Take it off the page first.", "error")
        return redirect(url_for(".show", slug=slug), 303)
    flash("Nobody new gets this offer. What was given stays good.", "success")
    return redirect(url_for(".index"), 303)


@door.post("/-/files")
@allowed("offers.edit")
def files() -> BaseResponse:
    """Keep an uploaded file. A script gets its name; a browser alone goes back to the editor with it."""
    upload = request.files.get("file")
    name, data = (upload.filename or "", upload.stream.read()) if upload else ("", b"")
    settings = current_app.config["SETTINGS"]
    try:
        with transaction() as write:
            kept = keep_upload(write, Path(settings.instance), name, data, at=now())
            note(write, current_user().email, "offers.file", subject=kept, at=now(), details={"size": len(data)})
    except Invalid as refusal:
        return jsonify(error=_(refusal.message)), 422  # type: ignore[return-value]
    if request.form.get("_script"):
        return jsonify(name=kept, label=f"{kept} ({size_in_words(len(data))})")
    slug = request.form.get("_offer", "")
    back = url_for(".show", slug=slug, asset=kept) if slug else url_for(".new", kind="ebook", asset=kept)
    return redirect(back, 303)


def _posted(kind: str, before: Mapping[str, Any]) -> dict[str, Any]:
    return value_of(OfferShape, request.form, before=before, only=_asked(kind))


def _asked(kind: str) -> tuple[str, ...]:
    return ("slug", "form", *BELONGS.get(kind, ()), "title")


def _answer(item: Mapping[str, Any], errors: Errors, *, is_new: bool = False) -> BaseResponse:
    if errors:
        return _editor(item, errors, is_new=is_new)
    flash("Saved. The next visitor gets it.", "success")
    return redirect(url_for(".show", slug=item["slug"]), 303)


def _editor(item: Mapping[str, Any], errors: Errors | None = None, *, is_new: bool = False) -> Response:
    kind, slug, site = str(item["kind"]), str(item.get("slug") or ""), console_site()
    controls = controls_of(
        OfferShape, item, errors=errors, only=[one for one in _asked(kind) if is_new or one != "slug"]
    )
    found = next((one for one in mine() if one.slug == slug), None) if not is_new else None
    label, about, icon = WORDS[kind]
    prefix = str((item.get("coupon") or {}).get("prefix") or "")
    return screen(
        "offers/edit.html",
        status=422 if errors else 200,
        item=item,
        kind={"key": kind, "label": label, "about": about, "icon": icon},
        title=in_locale(item.get("title"), spoken()) or slug,
        controls_shown=controls,
        wrong=wrong(controls),
        more=unplaced(controls, {place: texts for place, texts in (errors or {}).items() if place != "_was"}),
        overtaken="_was" in (errors or {}),
        was=state(None if is_new else kept_item("offers", slug)),
        is_new=is_new,
        slug=slug,
        stock=stocks(site.id).get(found.id) if found else None,
        uses=uses_of(db.session.connection(), "offer", site_id=site.id).get(found.id, []) if found else [],
        sample=sample_code(""),
        prefix=prefix,
        may_edit=g.permits("offers.edit"),
        has_forms=bool(forms_here()),
    )


def _kept(slug: str) -> dict[str, Any]:
    item = kept_item("offers", slug)
    if item is None:
        raise NotFound("There is no such offer.")
    return dict(item)


def _row(
    offer: OfferNow,
    forms: Mapping[str, str],
    given: Mapping[str, int],
    stock: Mapping[str, Any],
    uses: Mapping[str, Any],
) -> dict[str, Any]:
    label, _about, icon = WORDS.get(offer.kind, (offer.kind, "", "gift"))
    return {
        "href": url_for(".show", slug=offer.slug),
        "title": in_locale(offer.title, spoken()) or offer.slug,
        "slug": offer.slug,
        "kind": _(label),
        "icon": icon,
        "form": forms.get(offer.form_id, ""),
        "uses": uses.get(offer.id, []),
        "given": given.get(offer.id, 0),
        "stock": stock.get(offer.id),
        "file": f"{offer.asset_name} ({size_in_words(offer.asset_size)})" if offer.asset_name else "",
    }
