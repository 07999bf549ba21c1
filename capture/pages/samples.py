"""A template of the gallery as a page that could be real: of this site, or of one that is only imagined."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Response, request

from capture.core.clock import now
from capture.formbuilder.queries import FormNow
from capture.offers.stock import Stock
from capture.pages.gallery import Preset, worded
from capture.pages.queries import PageNow
from capture.pages.render import render_page
from capture.pages.style import public_headers, style_of_page
from capture.sites.queries import SiteNow
from forms import FormSchema

IMAGINED = {"vi": "Thương hiệu", "en": "Your brand"}


def sampled(preset: Preset, site: SiteNow | None, locale: str) -> Response:
    """The template rendered without script."""
    site = site or _imagined(locale)
    words = preset.words({}, brand=site.name, zone=site.timezone, at=now())
    content = preset.sample(words)
    form = _form(preset, site)
    page = PageNow(
        id="", site_id=site.id, slug=preset.name, version_id="", number=0, form_id=form.id if form else None,
        offer=None, content=content, published_at=now(),
    )  # fmt: skip
    origin = request.origin_here  # type: ignore[attr-defined]
    stock = _stock(preset, words)
    answer = Response(render_page(site, page, locale, origin=origin, form=form, stock=stock, is_preview=True))
    answer.headers.extend(public_headers(style_of_page(site, content)))
    answer.headers["Cache-Control"] = "private, max-age=300"
    return answer


def _form(preset: Preset, site: SiteNow) -> FormNow | None:
    if preset.form is None:
        return None
    schema = FormSchema.from_json({"fields": [dict(one) for one in preset.form["fields"]]})
    return FormNow(preset.name, site.id, preset.name, "marketing", "", 0, schema)


def _stock(preset: Preset, words: Mapping[str, str]) -> Stock | None:
    coupon = worded((preset.offer or {}).get("coupon"), words)
    if not coupon:
        return None
    ends = datetime.fromisoformat(coupon["expires"]) if "expires" in coupon else None
    return Stock(coupon["value"], coupon.get("limit"), 0, ends)


def _imagined(locale: str) -> SiteNow:
    return SiteNow("", "sample", IMAGINED[locale], locale, "UTC", "VN", "off", (), {})
