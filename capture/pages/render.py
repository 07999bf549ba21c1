"""Render what visitors see: a page, the same page with their errors, a thank-you, a plain message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import render_template

from capture.core.assets import FOLDER, asset
from capture.core.clock import now
from capture.core.speech import _, speaking
from capture.core.texts import translated
from capture.formbuilder.queries import FormNow, forms
from capture.pages.block import Place, blocks, localised
from capture.pages.queries import PageNow, home_of
from capture.pages.style import Style, style_of_page, style_of_site, theme_of
from capture.sites.queries import LOCALES, SiteNow
from forms.builder import CapturedForm
from forms.kind import Context
from forms.texts import in_locale
from forms.widgets import control_id, rendered

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
SCRIPT = re.compile(r"<script[^>]*></script>")


@dataclass(frozen=True)
class Filled:
    """A form that came back: what was typed, and where it began."""

    form: CapturedForm
    landing_url: str = ""
    referrer: str = ""
    key: str = ""
    visitor: str = ""
    notice: str = ""
    errors: Mapping[str, Sequence[str]] = field(default_factory=dict)


def page_path(site: SiteNow, slug: str, locale: str) -> str:
    return f"/{slug}" if locale == site.locale else f"/{locale}/{slug}"


def render_page(site: SiteNow, page: PageNow, locale: str, *, origin: str, filled: Filled | None = None) -> str:
    """The whole document; with `filled`, the form as it was sent and what is wrong with it."""
    with speaking(locale):
        return render_template("pages/page.html", **_page_context(site, page, locale, origin, filled))


def render_form_alone(site: SiteNow, form: FormNow, locale: str, *, filled: Filled) -> str:
    """A form that was sent from no page of ours comes back on a page of its own."""
    with speaking(locale):
        context = _frame(site, locale, theme_of(site), style_of_site(site, more=None))
        shown = _form_context(site, form, None, {}, locale, filled)
        page = {"slug": form.slug, "title": site.name, "description": "", "path": "", "url": "", "robots": "noindex"}
        block = {"type": "form", "place": "own"}
        more = {"languages": [], "blocks": [block], "block_scripts": [], "form": shown}
        return render_template("pages/page.html", **context, page=page, **more)


def render_thanks(site: SiteNow, locale: str, theme: str, **context: Any) -> str:
    with speaking(locale):
        frame = _frame(site, locale, theme, style_of_site(site, theme=theme))
        return render_template("pages/thanks.html", **frame, **context)


def render_message(site: SiteNow | None, locale: str, title: str, text: str, **context: Any) -> str:
    """An error or a notice in plain words."""
    with speaking(locale):
        frame = _frame(site, locale, theme_of(site), style_of_site(site))
        filled = {"action": None, "reference": None, **context}
        return render_template("pages/message.html", **frame, title=title, text=text, **filled)


def without_scripts(document: str) -> str:
    """For a preview: nothing is counted and nothing is sent from it."""
    return SCRIPT.sub("", document)


def _page_context(site: SiteNow, page: PageNow, locale: str, origin: str, filled: Filled | None) -> dict[str, Any]:
    content, path = page.content, page_path(site, page.slug, locale)
    place = Place(locale, site, now(), page)
    shown = [
        _shown(block, place) for block in content["blocks"] if block["type"] in blocks() and not block.get("hidden")
    ]
    form = forms().get(page.form_id) if page.form_id else None
    block = next((one for one in shown if one["type"] == "form"), {})
    title = in_locale(content["title"], locale)
    return {
        **_frame(site, locale, theme_of(site, content), style_of_page(site, content)),
        "page": {
            "slug": page.slug,
            "title": title,
            "description": in_locale(content.get("description"), locale),
            "path": path,
            "url": origin + path,
            "robots": "noindex" if content.get("noindex") or filled else "",
        },
        "languages": _languages(site, page, locale),
        "blocks": shown,
        "block_scripts": [asset(f"pages/blocks/{name}.js") for name in _scripted(shown)],
        "form": _form_context(site, form, page, block, locale, filled) if form and block else None,
    }


def _frame(site: SiteNow | None, locale: str, theme: str, style: Style) -> dict[str, Any]:
    """What every page for visitors reads."""
    settings = site.settings if site else {}
    home = home_of(site) if site else None
    shown = None
    if site:
        shown = {
            "name": site.name,
            "slug": site.slug,
            "legal": in_locale(settings.get("legal"), locale),
            "links": localised(settings.get("links") or [], locale),
            "home": page_path(site, home.slug, locale) if home else "/",
            "tracking": site.tracking,
        }
    return {"site": shown, "locale": locale, "theme": theme, "style": style.css, "asset": asset}


def _languages(site: SiteNow, page: PageNow, locale: str) -> list[dict[str, Any]]:
    """Only languages that the page is really written in."""
    title = page.content["title"]
    written = [code for code in LOCALES if isinstance(title, Mapping) and title.get(code)]
    if len(written) < 2:
        return []
    return [
        {"code": code, "label": LANGUAGES[code], "href": page_path(site, page.slug, code), "current": code == locale}
        for code in written
    ]


def _shown(block: Mapping[str, Any], place: Place) -> dict[str, Any]:
    return blocks()[block["type"]].shown(block, place)


def _scripted(shown: Sequence[Mapping[str, Any]]) -> list[str]:
    """The kinds of block on a page that have a behaviour of their own, each once."""
    kinds = dict.fromkeys(block["type"] for block in shown)
    return [kind for kind in kinds if (FOLDER / "pages" / "blocks" / f"{kind}.js").is_file()]


def _form_context(
    site: SiteNow, form: FormNow, page: PageNow | None, block: Mapping[str, Any], locale: str, filled: Filled | None
) -> dict[str, Any]:
    context = Context(locale, site.region, lambda text: translated(text, locale))
    bound = filled.form if filled else form.class_in(_kept_context(site, locale))()
    fields = [(spec, rendered(spec, bound.field_of(spec), context)) for spec in form.schema.fields]
    return {
        "slug": form.slug,
        "action": f"/f/{form.slug}",
        "heading": block.get("heading") or "",
        "text": block.get("text") or "",
        "submit": block.get("submit") or _("Send"),
        "small": block.get("small") or "",
        "fields": [html for spec, html in fields if spec.type != "hidden"],
        "hidden_fields": [html for spec, html in fields if spec.type == "hidden"],
        "errors": _errors(form, filled, locale),
        "notice": filled.notice if filled else "",
        "page": page.slug if page else "",
        "locale": locale,
        "landing_url": filled.landing_url if filled else "",
        "referrer": filled.referrer if filled else "",
        "key": filled.key if filled else "",
        "visitor": filled.visitor if filled else "",
    }


def _kept_context(site: SiteNow, locale: str) -> Context:
    return Context(locale, site.region, str)


def _errors(form: FormNow, filled: Filled | None, locale: str) -> list[dict[str, Any]]:
    if filled is None:
        return []
    labels = {spec.name: spec for spec in form.schema.fields}
    return [
        {"id": control_id(labels[name]), "label": in_locale(labels[name].label, locale) or name, "message": texts[0]}
        for name, texts in filled.errors.items()
        if name in labels
    ]
