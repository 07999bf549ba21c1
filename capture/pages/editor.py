"""What the page editor shows: the blocks, the fields of the chosen one, and the state in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import brotli
from flask import url_for
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select

from capture.console.shapes import controls_of
from capture.core.clock import now
from capture.core.db import db
from capture.core.speech import _, spoken
from capture.formbuilder.queries import forms_by_slug
from capture.offers.models import Offer
from capture.offers.queries import offers
from capture.pages.block import Block, blocks
from capture.pages.drafts import Draft
from capture.pages.edits import changed_places, with_ids, without_ids
from capture.pages.models import Page
from capture.pages.queries import PageNow
from capture.pages.sitefile import PageShape, exported_page
from capture.sites.queries import SiteNow
from capture.sites.refusals import errors_by_path, problems_in

PAGE = "page"
GROUPS = (
    ("Page", ("slug", "offer", "title", "description", "theme")),
    ("When", ("opens", "closes", "afterwards")),
    ("Sharing", ("picture", "canonical", "noindex")),
    ("Own style", ("css",)),
)
GROUP_NAMES = {"Page": "Page", "When": "When", "Sharing": "Sharing", "Own style": "Own style"}


def page_row(site_id: str, page_id: str) -> dict[str, Any] | None:
    """The columns of a page of this site, or None."""
    rows = select(Page.__table__).where(Page.id == page_id, Page.site_id == site_id, Page.retired_at.is_(None))
    found = db.session.execute(rows).mappings().first()
    return dict(found) if found else None


def errors_in(content: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the site file would refuse, by path (`blocks.2.heading`)."""
    plain = without_ids(content)
    try:
        TypeAdapter(PageShape).validate_python(plain)
    except ValidationError as error:
        return errors_by_path(problems_in(error, plain, PageShape))
    return {}


def lines_of(draft: Draft, errors: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """The list of blocks: name, first words, whether it is hidden or wrong."""
    wrong = {path.split(".")[1] for path in errors if path.startswith("blocks.")}
    return [
        {
            "id": block["id"],
            "label": _(kind.label) if (kind := blocks().get(block["type"])) else block["type"],
            "icon": kind.icon if kind else "alert-triangle",
            "words": kind.words(block, spoken()) if kind else _("This kind of block is not known here."),
            "hidden": bool(block.get("hidden")),
            "wrong": str(number) in wrong,
            "first": number == 0,
            "last": number == len(draft.content["blocks"]) - 1,
        }
        for number, block in enumerate(draft.content["blocks"])
    ]


def fields_of(draft: Draft, chosen: str, errors: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The fields of the chosen block, or of the page itself."""
    if chosen == PAGE:
        return {"title": _("Page"), "about": "", "id": PAGE, "groups": _page_groups(draft, errors)}
    number, block = next((n, one) for n, one in enumerate(draft.content["blocks"]) if one["id"] == chosen)
    kind = blocks().get(block["type"])
    if kind is None:
        return {"title": block["type"], "about": _("This kind of block is not known here."), "id": chosen, "groups": []}
    start = f"blocks.{number}."
    own = {f"b.{path.removeprefix(start)}": texts for path, texts in errors.items() if path.startswith(start)}
    controls = controls_of(kind.shape, block, path="b", errors=own)
    return {
        "title": _(kind.label),
        "about": _(kind.about),
        "id": chosen,
        "groups": [{"name": "", "controls": controls}],
    }


def _page_groups(draft: Draft, errors: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    own = {f"p.{path}": texts for path, texts in errors.items()}
    every = {one.name: one for one in controls_of(PageShape, draft.content, path="p", errors=own)}
    return [{"name": _(GROUP_NAMES[name]), "controls": [every[one] for one in names]} for name, names in GROUPS]


def kinds_to_add(draft: Draft) -> list[dict[str, str]]:
    """The kinds that this page can still have, by name."""
    there = {block["type"] for block in draft.content["blocks"]}
    kinds: list[Block] = [kind for kind in blocks().values() if not (kind.once and kind.name in there)]
    told = [{"name": one.name, "label": _(one.label), "about": _(one.about), "icon": one.icon} for one in kinds]
    return sorted(told, key=lambda one: one["label"])


def state_of(page: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """Live, scheduled, closed or not yet published; and what the draft would change."""
    at, live = now(), page["version"]
    changes = [] if draft.step == draft.oldest == 0 and live else _changes(page, draft)
    if not live:
        state = "new"
    elif page["unpublished_at"] is not None:
        state = "down"
    elif page["opens_at"] and at < page["opens_at"]:
        state = "scheduled"
    else:
        state = "closed" if page["closes_at"] and at >= page["closes_at"] else "live"
    return {"state": state, "version": live, "changes": len(changes), "is_dirty": bool(changes) or not live,
            "opens_at": page["opens_at"], "next": live + 1}  # fmt: skip


def _changes(page: Mapping[str, Any], draft: Draft) -> list[str]:
    if not page["version"]:
        return ["page"]
    published = with_ids(exported_page(db.session.connection(), page))
    return changed_places(published, draft.content)


def preview_page(site: SiteNow, page: Mapping[str, Any], content: Mapping[str, Any]) -> PageNow:
    """The draft as a page that could be rendered; what cannot be found is left out."""
    offer_id = _offer_id(site, content.get("offer"))
    offer = offers().get(offer_id) if offer_id else None
    named = next((block.get("form") for block in content["blocks"] if block["type"] == "form"), None)
    form = forms_by_slug().get((site.id, named)) if named else None
    return PageNow(
        id=page["id"],
        site_id=site.id,
        slug=content["slug"],
        version_id="",
        number=page["version"],
        form_id=form.id if form else (offer.form_id if offer else None),
        offer=offer,
        content=content,
        published_at=now(),
    )


def weight_of(html: str) -> int:
    """Bytes of the document as a visitor's line carries them."""
    return len(brotli.compress(html.encode(), quality=5))


def _offer_id(site: SiteNow, slug: str | None) -> str | None:
    rows = select(Offer.id).where(Offer.site_id == site.id, Offer.slug == slug, Offer.retired_at.is_(None))
    found: str | None = db.session.execute(rows).scalar() if slug else None
    return found


def addresses(page_id: str) -> dict[str, str]:
    """The addresses that the editor's script calls."""
    names = ("draft", "preview", "presence", "publication", "versions", "link", "closure", "copy", "password")
    return {name: url_for(f"console.pages.{name}", page_id=page_id) for name in names}
