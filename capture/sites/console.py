"""The marketers' door of sites: settings, a second site, which site the console shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.console.shapes import Control, controls_of, unplaced, value_of, wrong
from capture.console.shell import screen
from capture.core.doors import Doors, Entry
from capture.core.errors import Conflict, Invalid
from capture.core.shelf import host_name
from capture.core.speech import _
from capture.sites import file_console, here, offered
from capture.sites.change import begin_site
from capture.sites.saving import Errors, kept_item, saved, state
from capture.sites.sitefile import SiteShape

# How the settings are grouped; what a shape gains later stands under the last heading by itself.
GROUPS = (
    ("Who you are", ("name", "locale", "timezone", "phone_region")),
    ("Addresses", ("hosts", "home", "allowed_origins")),
    ("Look", ("theme", "favicon")),
    ("Measuring", ("tracking", "tags")),
    ("At the foot of every page", ("legal", "links", "legal_pages")),
    ("Findable", ("noindex", "disallow", "not_found")),
)
FIRST = ("name", "slug", "hosts", "locale", "timezone")

door = Blueprint("settings", __name__, url_prefix="/settings")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.console.register_error_handler(here.NoSite, _first_a_site)
    file_console.install(doors.console)
    doors.entry(Entry("settings", "Site settings", "settings", "console.settings.show", "sites.see", 300))
    doors.choice("zone", offered.zones)
    doors.choice("region", offered.regions)


@door.get("")
@allowed("sites.see")
def show() -> Response:
    return _screen(kept_item("site"))


@door.post("")
@allowed("sites.edit")
def change() -> BaseResponse:
    kept = kept_item("site")
    before = kept if request.form.get("_was") == state(kept) else {}
    item = {**value_of(SiteShape, request.form, before=before), "slug": kept["slug"]}
    errors = saved("site", item)
    if errors:
        return _screen(item, errors)
    flash("Saved. Visitors see it within a second.", "success")
    return redirect(url_for(".show"), 303)


@door.route("/-/new", methods=["GET", "POST"])
@allowed("sites.edit")
def new() -> BaseResponse:
    item: dict[str, Any] = {
        "hosts": [host_name(request.host)],
        "timezone": here.zone() if here.shown_site() else "Asia/Ho_Chi_Minh",
    }
    errors: Errors = {}
    if request.method == "POST":
        item = value_of(SiteShape, request.form, only=FIRST)
        try:
            here.choose(begin_site(item, actor=current_user().email))
        except Invalid as refusal:
            errors = refusal.errors
        except Conflict:
            errors = {"slug": [_("This name is taken. Please choose another.")]}
        else:
            flash("The site is there, with the shipped scoring rules. Its first page is next.", "success")
            return redirect(url_for(".show"), 303)
    controls = controls_of(SiteShape, item, errors=errors, only=FIRST)
    shown = {"controls_shown": controls, "wrong": wrong(controls), "more": unplaced(controls, errors)}
    return screen("sites/new.html", status=422 if errors else 200, **shown)


@door.post("/-/choice")
@allowed("home.see")
def choice() -> BaseResponse:
    """Which site the console shows, for the rest of this session."""
    here.choose(request.form.get("site", ""))
    return redirect(url_for("console.home.today"), 303)


def _first_a_site(_refusal: here.NoSite) -> BaseResponse:
    """Before there is a site there is nothing to show: whoever may make one is led there."""
    if not g.permits("sites.edit"):
        return screen(
            "console/message.html", status=404, code=404, title="", text=_("There is no site yet."), reference=""
        )
    flash("First the site: its name and where it answers.", "info")
    return redirect(url_for("console.settings.new"), 303)


def _screen(item: Mapping[str, Any], errors: Errors | None = None) -> Response:
    controls = controls_of(SiteShape, item, errors=errors)
    return screen(
        "sites/settings.html",
        status=422 if errors else 200,
        groups=_grouped(controls),
        wrong=wrong(controls),
        more=unplaced(controls, {place: texts for place, texts in (errors or {}).items() if place != "_was"}),
        overtaken="_was" in (errors or {}),
        was=state(kept_item("site")),
        may_edit=g.permits("sites.edit"),
    )


def _grouped(controls: list[Control]) -> list[dict[str, Any]]:
    by_name = {one.name: one for one in controls if one.name != "slug"}
    groups = [(title, [by_name.pop(name) for name in names if name in by_name]) for title, names in GROUPS]
    rest = [("More", list(by_name.values()))] if by_name else []
    return [{"title": _(title), "controls": found} for title, found in (*groups, *rest) if found]
