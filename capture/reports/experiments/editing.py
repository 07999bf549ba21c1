"""What the screens of experiments read and take: rows of the list, a draft, the blocks of a variant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from capture.console.shapes import controls_of, nested, value_of
from capture.core.db import db
from capture.core.errors import Invalid, NotFound
from capture.core.speech import _, spoken
from capture.pages.block import BlockShape, blocks
from capture.pages.experiments.models import KEYS, Experiment, Variant
from capture.pages.experiments.sitefile import CHANGES, EXPERIMENTS, VariantShape
from capture.pages.models import Page, PageVersion
from capture.pages.publish import running_on
from capture.reports.experiments.results import Results
from capture.reports.experiments.words import ended, said_of
from capture.sites.change import put
from capture.sites.queries import LOCALES
from forms.texts import in_locale

WORDS = {
    "a": "As it is",
    "b": "Variant B",
    "c": "Variant C",
    "d": "Variant D",
    "e": "Variant E",
}


def state_of(experiment: Experiment) -> str:
    if experiment.started_at is None:
        return "draft"
    return "running" if experiment.ended_at is None else "ended"


def listed(experiment: Experiment, page: Page, content: Any, results: Mapping[str, Results]) -> dict[str, Any]:
    """A row of the list."""
    found = results.get(experiment.id)
    cells = found.cells if found else ()
    told = ended(experiment.winner) if experiment.winner else said_of(found).title if found else _("Not started yet")
    return {
        "experiment": experiment,
        "state": state_of(experiment),
        "title": in_locale((content or {}).get("title"), spoken()) or page.slug,
        "page": page,
        "said": told,
        "tone": said_of(found).tone if found and not experiment.winner else "",
        "visitors": sum(cell.visitors for cell in cells),
        "leads": sum(cell.leads for cell in cells),
        "qualified": sum(cell.qualified for cell in cells),
    }


def pages_to_test() -> list[dict[str, str]]:
    """Published pages on which nothing runs."""
    shown = (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version)
    rows = select(Page, PageVersion.content).join(PageVersion, shown).where(Page.retired_at.is_(None))
    read = db.session.connection()
    return [
        {"key": page.id, "label": f"{in_locale(content['title'], spoken())} (/{page.slug})"}
        for page, content in db.session.execute(rows.order_by(Page.id))
        if running_on(read, page.id) is None
    ]


def begin_draft(given: Mapping[str, str], *, actor: str) -> str:
    """A draft with as many equal variants as were asked for; returns its id."""
    page = db.session.get(Page, given["page"]) if given["page"] else None
    count = int(given["variants"]) if given["variants"] in {"2", "3", "4", "5"} else 0
    errors = {} if page else {"page": [_("Choose a page.")]}
    if page is None or not count:
        raise Invalid(errors=errors | ({} if count else {"variants": [_("Two to five.")]}))
    slug = _free_slug(page)
    variants = [{"key": key, "name": _(WORDS[key]), "weight": 100 // count} for key in KEYS[:count]]
    allocation = "adaptive" if given["allocation"] == "adaptive" else "fixed"
    item = {"slug": slug, "page": page.slug, "allocation": allocation, "variants": variants}
    put(EXPERIMENTS, item, site_id=page.site_id, actor=actor, is_new=True)
    mine = (Experiment.site_id == page.site_id, Experiment.slug == slug)
    return str(db.session.execute(select(Experiment.id).where(*mine)).scalar_one())


def content_of(page: Page) -> dict[str, Any]:
    """What the published page shows."""
    rows = select(PageVersion.content).where(PageVersion.page_id == page.id, PageVersion.number == page.version)
    found = db.session.execute(rows).scalar()
    if found is None:
        raise NotFound("This page is not published.")
    return dict(found)


def rows_of(variants: Sequence[Variant], item: Any, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The variants as they are, or as they were typed; and what differs, in words."""
    typed = {one["key"]: one for one in item["variants"]} if item else {}
    return [
        {
            "key": one.key,
            "name": typed.get(one.key, {}).get("name", one.name),
            "weight": typed.get(one.key, {}).get("weight", one.weight),
            "differs": _difference(one, content),
        }
        for one in variants
    ]


def title_control(given: Mapping[str, Any], errors: Mapping[str, Sequence[str]]) -> Any:
    return controls_of(VariantShape, given, only=["title"], errors=errors)


def block_forms(given: Sequence[Mapping[str, Any]], errors: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Each block with its controls; one whose code is gone is carried along as it is."""
    found = []
    for index, data in enumerate(given):
        block = blocks().get(data["type"])
        if block is None:
            continue
        path = f"blocks.{index}"
        wrong = [
            text for name, texts in errors.items() if name.startswith(path + ".") or name == path for text in texts
        ]
        found.append(
            {
                "path": path,
                "kind": data["type"],
                "label": _(block.label) if block.label else data["type"],
                "icon": block.icon,
                "words": block.words(data, spoken()),
                "hidden": bool(data.get("hidden")),
                "controls": controls_of(block.shape, data, path=path, errors=errors),
                "wrong": wrong,
            }
        )
    return found


def kinds() -> list[dict[str, str]]:
    return [
        {"key": name, "label": _(one.label) if one.label else name} for name, one in blocks().items() if not one.once
    ]


def posted(form: MultiDict[str, str], content: Mapping[str, Any]) -> dict[str, Any]:
    """The title and the blocks in the order in which they stood on the screen, and one more if it was asked for."""
    title = value_of(VariantShape, form).get("title")
    rows = nested(form, "blocks")
    found = [
        _block(form, key, row) for key, row in rows.items() if isinstance(row, Mapping) and row.get("type") in blocks()
    ]
    if form.get("add") in blocks():
        found.append(dict(blocks()[form["add"]].example))
    return {**content, "title": title or content["title"], "blocks": [_as_on_page(one, content) for one in found]}


def with_changes(
    item: Mapping[str, Any], key: str, given: Mapping[str, Any], content: Mapping[str, Any]
) -> dict[str, Any]:
    """The experiment with this variant's difference to the page; what is the same as the page's is not one."""
    variants = []
    for one in item["variants"]:
        if one["key"] == key:
            plain = {name: value for name, value in one.items() if name not in CHANGES}
            one = {**plain, **{name: given[name] for name in CHANGES if given[name] != content[name]}}
        variants.append(one)
    return {**item, "variants": variants}


def errors_of(errors: Mapping[str, Sequence[str]], place: int) -> dict[str, Sequence[str]]:
    """Messages by path in the whole experiment, as paths of this screen."""
    start = f"variants.{place}."
    return {path.removeprefix(start): texts for path, texts in errors.items()}


def _block(form: MultiDict[str, str], key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    shape: type[BlockShape] = blocks()[row["type"]].shape
    data = {**value_of(shape, form, path=f"blocks.{key}"), "type": row["type"]}
    return {**data, "hidden": True} if row.get("out") else data


def _as_on_page(block: dict[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """The page's own block where nothing was changed: a form sends more than was written, and other line breaks."""
    return next((one for one in content["blocks"] if _bare(_full(one)) == _bare(_full(block))), block)


def _full(block: Mapping[str, Any]) -> Mapping[str, Any]:
    """With every default; as it is where it cannot be read, which is said elsewhere."""
    try:
        return blocks()[block["type"]].shape.model_validate(dict(block)).model_dump(mode="json")
    except (ValidationError, KeyError):
        return block


def _bare(value: Any) -> Any:
    """Without spaces at the ends; a text that is the same in both languages is one text."""
    if isinstance(value, Mapping):
        found = {name: _bare(one) for name, one in value.items()}
        texts = list(found.values())
        return texts[0] if set(found) == set(LOCALES) and texts[0] == texts[1] else found
    if isinstance(value, list):
        return [_bare(one) for one in value]
    return value.strip() if isinstance(value, str) else value


def _difference(variant: Variant, content: Mapping[str, Any]) -> str:
    """Which parts are not the page's, in words."""
    if variant.key == KEYS[0]:
        return _("The page as visitors see it now")
    mine, pages = variant.changes.get("blocks", content["blocks"]), content["blocks"]
    own = [blocks()[one["type"]] for one in mine if one not in pages and one["type"] in blocks()]
    parts = [_("Title")] if "title" in variant.changes else []
    parts += dict.fromkeys(_(block.label) if block.label else block.name for block in own)
    if not parts and mine != pages:
        parts.append(_("Order"))
    return ", ".join(parts) or _("Nothing yet")


def _free_slug(page: Page) -> str:
    taken = set(db.session.execute(select(Experiment.slug).where(Experiment.site_id == page.site_id)).scalars())
    return next(slug for n in range(1, 10_000) if (slug := f"{page.slug[:56]}-{n}") not in taken)
