"""Render what visitors see: a page, the same page with their errors, a thank-you, a plain message."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from textwrap import shorten
from typing import Any

from flask import render_template
from markupsafe import Markup

from capture.core.assets import FOLDER, asset
from capture.core.clock import now
from capture.core.speech import _, speaking
from capture.core.texts import translated
from capture.formbuilder.queries import FormNow, forms
from capture.offers.stock import Stock
from capture.pages.addresses import (
    OPEN_GRAPH,
    alternates,
    best_path,
    canonical_of,
    is_findable,
    page_path,
    written_in,
)
from capture.pages.block import Place, localised
from capture.pages.composition import composed
from capture.pages.linked import linked_data
from capture.pages.looks import icon_of, logo_of, share_of
from capture.pages.passes import new_pass
from capture.pages.personal import is_personal, plain
from capture.pages.policy import tags_of
from capture.pages.queries import PageNow, home_of, pages_by_slug
from capture.pages.style import FORM, Style, style_of_page, style_of_site, theme_of
from capture.sites.queries import SiteNow
from forms.builder import CapturedForm
from forms.kind import Context
from forms.texts import in_locale
from forms.widgets import control_id, rendered

DESCRIPTION_LENGTH = 160  # as much as search engines show
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


def render_page(
    site: SiteNow,
    page: PageNow,
    locale: str,
    *,
    origin: str,
    filled: Filled | None = None,
    form: FormNow | None = None,
    stock: Stock | None = None,
    beside: Sequence[PageNow] = (),
    is_preview: bool = False,
) -> str:
    """The whole document; with `filled`, the form as it was sent and what is wrong with it.

    In a preview, blocks that are broken say so, and each block tells where it begins; nothing runs. `form` and
    `stock` stand in for the page's own, for a page that is not stored yet. `beside` are the other variants of a page
    under test: the document carries what is theirs.
    """
    place = Place(locale, site, now(), page, is_preview, stock)
    with speaking(locale):
        context = _page_context(site, page, place, origin, filled, form)
        if beside:
            others = [_page_context(site, one, Place(locale, site, now(), one), origin) for one in beside]
            context |= _test_context(site, page, context, others)
        return render_template("pages/page.html", **context, is_preview=is_preview)


def render_form_alone(site: SiteNow, form: FormNow, locale: str, *, filled: Filled) -> str:
    """A form that was sent from no page of ours comes back on a page of its own."""
    with speaking(locale):
        context = _frame(site, locale, theme_of(site), style_of_site(site, more=FORM))
        shown = _form_context(site, form, None, {}, locale, filled)
        page = {"slug": form.slug, "title": site.name, "description": "", "url": "", "robots": "noindex"}
        block = {"type": "form", "spot": "flow", "place": "own"}
        more = {"languages": [], "blocks": [block], "block_scripts": [], "form": shown, "linked": [], "tags": {}}
        return render_template("pages/page.html", **context, page=page, **more)


def render_thanks(site: SiteNow, locale: str, theme: str, **context: Any) -> str:
    return render_alone("pages/thanks.html", site, locale, theme, style_of_site(site, theme=theme), **context)


def render_alone(template: str, site: SiteNow, locale: str, theme: str, style: Style, **context: Any) -> str:
    """What is no page of a marketer and yet in the theme of one."""
    with speaking(locale):
        frame = _frame(site, locale, theme, style)
        return render_template(template, **frame, **context)


def render_message(site: SiteNow | None, locale: str, title: str, text: str, **context: Any) -> str:
    """An error or a notice in plain words."""
    with speaking(locale):
        frame = _frame(site, locale, theme_of(site), style_of_site(site))
        filled = {"action": None, "reference": None, **context}
        return render_template("pages/message.html", **frame, title=title, text=text, **filled)


def without_scripts(document: str) -> str:
    """For a preview: nothing is counted and nothing is sent from it."""
    return SCRIPT.sub("", document)


def _page_context(
    site: SiteNow,
    page: PageNow,
    place: Place,
    origin: str,
    filled: Filled | None = None,
    form: FormNow | None = None,
) -> dict[str, Any]:
    locale, content = place.locale, page.content
    shown = composed(content, place)
    form = form or (forms().get(page.form_id) if page.form_id else None)
    block = next((one for one in shown if one["type"] == "form"), {})
    title = plain(in_locale(content["title"], locale))
    return {
        **_frame(site, locale, theme_of(site, content), style_of_page(site, content)),
        "content": content,
        "claim": page.claim,
        "page": {
            "slug": page.slug,
            "title": title,
            "description": plain(in_locale(content.get("description"), locale) or _opening_words(content, locale)),
            "url": canonical_of(site, page, locale, origin),
            "robots": "" if is_findable(site, page) and not filled else "noindex",
            "share": share_of(site, page, locale, origin),
        },
        "alternates": alternates(site, page, origin),
        "open_graph": {"locale": OPEN_GRAPH[locale], "others": _other_locales(site, page, locale)},
        "languages": _languages(site, page, locale),
        "blocks": shown,
        "block_scripts": _scripts(shown, content),
        "linked": [linked_data(block["linked"]) for block in shown if block.get("linked")],
        "tags": tags_of(site),
        "form": _form_context(site, form, page, block, locale, filled) if form and block else None,
    }


def _test_context(
    site: SiteNow, page: PageNow, mine: Mapping[str, Any], others: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The other variants in their frames, and the style and scripts of all."""
    frame = {"layout": "pages/parts/variant.html"}
    style = style_of_page(site, page.content, [one["content"] for one in others])
    return {
        "style": style.css,
        "alternatives": [Markup(render_template("pages/page.html", **one, **frame)) for one in others],  # noqa: S704
        "block_scripts": list(dict.fromkeys(script for one in (mine, *others) for script in one["block_scripts"])),
        "has_form": any(one["form"] for one in (mine, *others)),
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
            "home": best_path(site, home, locale) if home else "/",
            "legal_pages": _legal_pages(site, locale),
            "tracking": site.tracking,
            "logo": logo_of(site),
        }
    icon = icon_of(theme, site)
    return {"site": shown, "locale": locale, "theme": theme, "style": style.css, "icon": icon, "asset": asset}


def _languages(site: SiteNow, page: PageNow, locale: str) -> list[dict[str, Any]]:
    """Only languages that the page is really written in."""
    written = written_in(site, page.content)
    return [
        {"code": code, "label": LANGUAGES[code], "href": best_path(site, page, code), "current": code == locale}
        for code in (written if len(written) > 1 else ())
    ]


def _other_locales(site: SiteNow, page: PageNow, locale: str) -> list[str]:
    return [OPEN_GRAPH[code] for code in written_in(site, page.content) if code != locale]


def _opening_words(content: Mapping[str, Any], locale: str) -> str:
    """The lead of the opening stands in for a description that nobody wrote."""
    hero: Mapping[str, Any] = next(
        (block for block in content["blocks"] if block["type"] == "hero" and not block.get("hidden")), {}
    )
    return shorten(in_locale(hero.get("text") or hero.get("heading"), locale), DESCRIPTION_LENGTH, placeholder="…")


def _legal_pages(site: SiteNow, locale: str) -> list[dict[str, str]]:
    """The pages that the law asks for, where the site names them and they are open."""
    named = site.settings.get("legal_pages") or {}
    titles = {"privacy": _("Privacy policy"), "terms": _("Terms of use")}
    found = [(key, pages_by_slug().get((site.id, named.get(key) or ""))) for key in titles]
    return [
        {"key": key, "label": titles[key], "href": page_path(site, page.slug, locale)}
        for key, page in found
        if page is not None and page.is_open(now())
    ]


def _scripts(shown: Sequence[Mapping[str, Any]], content: Mapping[str, Any]) -> list[str]:
    """The behaviours that this page needs, each once: its blocks' own, and words from the address."""
    kinds = dict.fromkeys(block["type"] for block in shown)
    files = [f"pages/blocks/{kind}.js" for kind in kinds] + ["pages/params.js"] * is_personal(content)
    return [asset(file) for file in files if (FOLDER / file).is_file()]


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
        "claim": str(page.claim or "") if page else "",
        "visitor": filled.visitor if filled else "",
        "pass": new_pass(page, now()) if page and page.password_hash else "",
        "asks_consent": bool(form.schema.of_type("consent")),
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
