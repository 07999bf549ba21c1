"""A page made of given blocks, applied as an operator would."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from capture.core.clock import now
from capture.pages.block import Place
from capture.pages.queries import PageNow, pages_by_slug
from capture.sites.queries import SiteNow, sites
from tests.products import Product

FORM = {"slug": "guide", "fields": [{"name": "email", "type": "email", "label": "Email", "required": True}]}
COUPON = {"prefix": "TET", "limit": 200, "value": "15%", "expires": "2036-02-05T23:59:59+07:00"}
OFFER = {"slug": "tet", "kind": "coupon", "form": "guide", "coupon": COUPON}
PAGE = {"slug": "made", "title": {"vi": "Trang thử", "en": "A trial"}, "offer": "tet"}


def compose(
    product: Product,
    folder: Path,
    *blocks: Mapping[str, Any],
    site: Mapping[str, Any] | None = None,
    more_pages: Sequence[Mapping[str, Any]] = (),
    **page: Any,
) -> None:
    """A site with a form, a coupon and the page `/made`."""
    own = {"slug": "made", "name": "Nhà Thử", "timezone": "Asia/Ho_Chi_Minh", "hosts": ["localhost"], **(site or {})}
    pages = [{**PAGE, **page, "blocks": list(blocks)}, *more_pages]
    file = folder / "made.yaml"
    file.write_text(json.dumps({"site": own, "forms": [FORM], "offers": [OFFER], "pages": pages}, ensure_ascii=False))
    product.apply(file)


def place_here(locale: str = "vi", *, is_preview: bool = False) -> Place:
    """The composed page's place, as its blocks are shown in it."""
    site = _site()
    return Place(locale, site, now(), pages_by_slug()[site.id, "made"], is_preview)


def made_page() -> tuple[SiteNow, PageNow]:
    site = _site()
    return site, pages_by_slug()[site.id, "made"]


def _site() -> SiteNow:
    return next(site for site in sites().values() if site.slug == "made")
