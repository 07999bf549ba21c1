"""The marketers' door of the brand: one colour and what follows from it, told and shown before it is kept."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import may
from capture.console.shapes import controls_of, value_of
from capture.console.shell import screen
from capture.core.assets import asset
from capture.core.db import db
from capture.core.doors import Action, Doors, Entry
from capture.core.errors import Invalid, NotAllowed
from capture.core.speech import _, spoken
from capture.pages.palette import FILL, LABEL, palette_of
from capture.pages.style import public_headers, style_of
from capture.pages.themes import THEMES, hero_of, values_of
from capture.sites import change
from capture.sites.brand import BrandShape
from capture.sites.here import console_site
from capture.sites.sitefile import SITE

FIELDS = ("radius", "scale", "hero", "logo")
NAMES = {
    "button": "Words on the button",
    "text": "Text",
    "muted": "Small text",
    "link": "Links",
    "edge": "Edges of fields",
}
BARS = {"button": LABEL, "text": LABEL, "muted": LABEL, "link": LABEL, "edge": FILL}

door = Blueprint("brand", __name__, url_prefix="/brand")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("brand", "Brand", "palette", "console.brand.show", "sites.see", 305))
    doors.action(
        Action("Change the brand colour", "palette", "console.brand.show", "sites.see", "logo theme font radius")
    )


@door.get("")
@allowed("sites.see")
def show() -> Response:
    site = console_site()
    return _screen({"theme": site.theme, **(site.settings.get("brand") or {})})


@door.post("")
@allowed("sites.edit")
def brand() -> BaseResponse:
    site, chosen = console_site(), _chosen()
    before = SITE.export(db.session.connection(), site.id)
    item = {**before, "theme": request.form.get("theme", site.theme), "brand": chosen or None}
    try:
        change.put(SITE, item, site_id=site.id, actor=current_user().email)
    except Invalid as refusal:
        errors = {path.removeprefix("brand."): texts for path, texts in refusal.errors.items()}
        return _screen({"theme": item["theme"], **chosen}, errors, status=422)
    flash("Saved. Every page has the new looks now.", "success")
    return redirect(url_for(".show"), 303)


@door.get("/preview")
@allowed("sites.see")
def preview() -> Response:
    """A page in these looks; it stands in a frame of the screen."""
    theme = request.args.get("theme", "")
    theme = theme if theme in THEMES else console_site().theme
    chosen = _sound(request.args.to_dict())
    own = values_of(theme, chosen) + hero_of(theme, chosen)
    style = style_of(theme, blocks=("form", "hero", "text"), own=own)
    site = {"name": console_site().name, "logo": None}
    html = render_template("pages/sample.html", site=site, theme=theme, style=style.css, locale=spoken(), asset=asset)
    return Response(html, headers=public_headers(style))


@door.get("/told")
@allowed("sites.see")
def told() -> Response:
    """What the colour makes of the palette, in words and ratios: a piece of the screen."""
    theme = request.args.get("theme", "")
    return Response(render_template("pages/console/_told.html", **_told(theme, request.args.get("colour", ""))))


def _screen(value: dict[str, Any], errors: Any = None, status: int = 200) -> Response:
    if status != 200 and not may(current_user().role, "sites.edit"):
        raise NotAllowed
    theme = value["theme"] if value["theme"] in THEMES else next(iter(THEMES))
    return screen(
        "pages/console/brand.html",
        status=status,
        themes=[{"key": one.name, "label": one.label, "colour": one.colour} for one in THEMES.values()],
        theme_now=theme,
        colour=value.get("colour") or "",
        own_colours={one.name: one.colour for one in THEMES.values()},
        errors=errors or {},
        controls=controls_of(BrandShape, value, errors=errors, only=FIELDS),
        can_edit=may(current_user().role, "sites.edit"),
        **_told(theme, value.get("colour") or ""),
    )


def _chosen() -> dict[str, Any]:
    """What was posted; without the tick the theme's own colour stays."""
    found = value_of(BrandShape, request.form)
    if request.form.get("own"):
        found.pop("colour", None)
    return found


def _sound(given: dict[str, str]) -> dict[str, Any]:
    """As much of it as is sound: a preview never refuses."""
    found: dict[str, Any] = {}
    for name in ("colour", "radius", "scale", "hero"):
        if given.get(name):
            try:
                found[name] = getattr(BrandShape.model_validate({name: given[name]}), name)
            except ValidationError:
                continue
    return found


def _told(theme: str, colour: str) -> dict[str, Any]:
    own = THEMES[theme if theme in THEMES else next(iter(THEMES))]
    palette = palette_of(_sound({"colour": colour}).get("colour") or own.colour, own.is_dark)
    ratios = [
        {"label": _(NAMES[name]), "ratio": round(value, 1), "bar": BARS[name]} for name, value in palette.ratios.items()
    ]
    kept = ("bg", "tint", "line", "edge", "muted", "link", "accent", "text", "strong")
    return {
        "notes": [_(note) for note in palette.notes],
        "ratios": ratios,
        "swatches": [palette.variables[name] for name in kept],
    }
