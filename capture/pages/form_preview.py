"""A form as visitors would see it, while it is edited: the real rendering in a frame of the console."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from capture.accounts.guards import allowed
from capture.core.errors import NotFound
from capture.formbuilder.drafts import draft_of, schema_of
from capture.formbuilder.queries import FormNow
from capture.pages.render import Filled, render_form_alone, without_scripts
from capture.pages.style import FORM, public_headers, style_of_site
from capture.sites.here import console_site
from capture.sites.queries import LOCALES
from capture.sites.saving import kept_item
from forms.kind import Context

door = Blueprint("form_preview", __name__, url_prefix="/forms")


def install(console: Blueprint) -> None:
    console.register_blueprint(door)


@door.route("/<slug>/preview", methods=["GET", "POST"])
@allowed("forms.see")
def preview(slug: str) -> Response:
    """What was posted, or without a post what is published; `-` is a form that has no name yet."""
    item = draft_of(request.form, {}) if request.method == "POST" else kept_item("forms", slug)
    if item is None:
        raise NotFound("There is no such form.")
    site, locale = console_site(), request.values.get("_locale", "")
    answer = Response(_rendered(item, slug, locale if locale in LOCALES else site.locale))
    answer.headers.extend(public_headers(style_of_site(site, more=FORM)))
    return answer


def _rendered(item: Any, slug: str, locale: str) -> str:
    site = console_site()
    form = FormNow("", site.id, slug, "marketing", "", 0, schema_of(item))
    empty = form.class_in(Context(locale, site.region, str))()
    return without_scripts(render_form_alone(site, form, locale, filled=Filled(empty)))
