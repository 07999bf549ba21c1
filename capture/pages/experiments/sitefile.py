"""The `experiments:` section: drafts and what runs. What is over is history, and not in the file."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator
from sqlalchemy import Connection, delete, insert, select, update

from capture.core.errors import Conflict
from capture.core.ids import new_id
from capture.formbuilder.models import Form
from capture.pages.experiments.allocation import thousandths
from capture.pages.experiments.models import CONTROL, Experiment, Variant
from capture.pages.experiments.run import divide, end, start
from capture.pages.models import Page, PageVersion
from capture.pages.sitefile import PageShape
from capture.sites.section import LocaleText, Section, Slug, Strict, Work

Key = Literal["a", "b", "c", "d", "e"]
Blocks: Any = PageShape.model_fields["blocks"].annotation
CHANGES = ("title", "blocks")


class VariantShape(Strict):
    """What differs from the page; what is not named is the page's."""

    key: Key
    name: str = Field(min_length=1, max_length=80, title="Name")
    weight: int = Field(default=50, ge=1, le=1_000, title="Weight")
    title: LocaleText | None = Field(default=None, title="Title of the page")
    blocks: Blocks | None = Field(default=None, min_length=1, max_length=60)

    @model_validator(mode="after")
    def _control_is_the_page(self) -> VariantShape:
        if self.key == CONTROL and (self.title is not None or self.blocks is not None):
            raise ValueError("variant `a` is the page as it is: `title` and `blocks` belong to the others")
        return self


class ExperimentShape(Strict):
    """`winner` ends it: the key of the variant that is kept."""

    slug: Slug
    page: Slug
    allocation: Literal["fixed", "adaptive"] = "fixed"
    variants: list[VariantShape] = Field(min_length=2, max_length=5)
    running: bool = False
    winner: Key | None = None

    @model_validator(mode="after")
    def _keys_are_told_apart(self) -> ExperimentShape:
        keys = [variant.key for variant in self.variants]
        if len(set(keys)) < len(keys) or CONTROL not in keys:
            raise ValueError("each variant has a key of its own, and one of them is `a`, the page as it is")
        if self.winner is not None and (self.running or self.winner not in keys):
            raise ValueError("`winner` is the key of a variant, and only of an experiment that no longer runs")
        return self


def apply(work: Work, shapes: list[ExperimentShape]) -> None:
    """Drafts change freely; of what runs, only names, weights and allocation."""
    seen: set[str] = set()
    for index, shape in enumerate(shapes):
        where = ("experiments", index)
        if shape.slug in seen:
            work.refuse((*where, "slug"), f"two experiments are called {shape.slug!r}")
        seen.add(shape.slug)
        before = len(work.problems)
        page = _page(work, index, shape)
        if len(work.problems) == before:
            try:
                _apply_one(work, shape, page)
            except Conflict as refusal:
                work.refuse(where, refusal.message)


def export(read: Connection, site_id: str) -> list[dict[str, Any]]:
    rows = select(Experiment.__table__, Page.slug.label("page")).join(Page, Page.id == Experiment.page_id)
    mine = rows.where(Experiment.site_id == site_id, Experiment.ended_at.is_(None)).order_by(Experiment.id)
    return [_exported(read, row) for row in read.execute(mine).mappings()]


def retire(work: Work, slug: str) -> bool:
    """A draft is thrown away; what runs ends with the page as it was."""
    found = _found(work, slug)
    if found is None or found["ended_at"] is not None:
        return False
    if found["started_at"] is None:
        work.write.execute(delete(Experiment).where(Experiment.id == found["id"]))
        work.changed(f"experiment {slug}: removed")
    else:
        end(work.write, found["id"], keep=CONTROL, by=work.actor, at=work.now)
        work.changed(f"experiment {slug}: ended")
    return True


def _exported(read: Connection, row: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"slug": row["slug"], "page": row["page"]}
    if row["allocation"] != "fixed":
        told["allocation"] = row["allocation"]
    told["variants"] = variants_of(read, row["id"])
    return {**told, "running": True} if row["started_at"] else told


def variants_of(read: Connection, experiment_id: str) -> list[dict[str, Any]]:
    """The variants as the site file has them."""
    rows = select(Variant.key, Variant.name, Variant.weight, Variant.changes)
    found = read.execute(rows.where(Variant.experiment_id == experiment_id).order_by(Variant.key))
    return [{"key": one.key, "name": one.name, "weight": one.weight, **one.changes} for one in found]


def _page(work: Work, index: int, shape: ExperimentShape) -> Any:
    """The page; a variant asks with the page's form, or with none."""
    rows = (
        select(Page.id, Form.slug.label("form"), PageVersion.content)
        .outerjoin(Form, Form.id == Page.form_id)
        .outerjoin(PageVersion, (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version))
    )
    mine = (Page.site_id == work.site_id, Page.slug == shape.page, Page.retired_at.is_(None))
    page = work.write.execute(rows.where(*mine)).first()
    if page is None:
        work.refuse(("experiments", index, "page"), f"there is no page {shape.page!r} on this site")
        return None
    for number, variant in enumerate(shape.variants):
        forms = [(place, one) for place, one in enumerate(variant.blocks or ()) if one.type == "form"]
        for count, (place, block) in enumerate(forms):
            if count or page.form is None or block.form not in {None, page.form}:
                path = ("experiments", index, "variants", number, "blocks", place)
                work.refuse(path, "a variant has the one form of its page")
    return page


def _apply_one(work: Work, shape: ExperimentShape, page: Any) -> None:
    found = _found(work, shape.slug)
    if found is not None and found["ended_at"] is not None:
        if shape.running:
            raise Conflict(f"`{shape.slug}` is over: give the next experiment a name of its own.")
        return
    if found is None:
        if shape.winner is not None:
            return  # it ran and ended somewhere else
        found = _new(work, shape, page.id)
    if found["started_at"] is None:
        _set_draft(work, shape, found, page.id)
        if shape.running:
            start(work.write, found["id"], by=work.actor, at=work.now)
            work.changed(f"experiment {shape.slug}: started")
    else:
        _set_running(work, shape, found, page.id)


def _new(work: Work, shape: ExperimentShape, page_id: str) -> dict[str, Any]:
    who = {"id": new_id(), "site_id": work.site_id, "page_id": page_id, "slug": shape.slug}
    row = {**who, "allocation": shape.allocation, "salt": secrets.token_urlsafe(12), "created_at": work.now}
    work.write.execute(insert(Experiment).values(**row))
    work.changed(f"experiment {shape.slug}: new")
    return {**row, "started_at": None, "ended_at": None}


def _set_draft(work: Work, shape: ExperimentShape, found: Mapping[str, Any], page_id: str) -> None:
    wanted, kept = _rows(shape), variants_of(work.write, found["id"])
    what = {"page_id": page_id, "allocation": shape.allocation}
    if any(found[name] != value for name, value in what.items()):
        work.write.execute(update(Experiment).where(Experiment.id == found["id"]).values(**what))
        work.changed(f"experiment {shape.slug}: settings")
    if wanted == kept:
        return
    work.write.execute(delete(Variant).where(Variant.experiment_id == found["id"]))
    work.write.execute(insert(Variant), [_row(found["id"], one) for one in wanted])
    if kept:
        work.changed(f"experiment {shape.slug}: variants")


def _set_running(work: Work, shape: ExperimentShape, found: Mapping[str, Any], page_id: str) -> None:
    wanted, kept = _rows(shape), variants_of(work.write, found["id"])
    if page_id != found["page_id"] or [_shown(one) for one in wanted] != [_shown(one) for one in kept]:
        raise Conflict("It runs: what is being compared must not change. End it, and begin another.")
    if wanted != kept or shape.allocation != found["allocation"]:
        _divide_anew(work, shape, found["id"], wanted)
    if not shape.running:
        end(work.write, found["id"], keep=shape.winner or CONTROL, by=work.actor, at=work.now)
        work.changed(f"experiment {shape.slug}: ended")


def _divide_anew(work: Work, shape: ExperimentShape, experiment_id: str, wanted: list[dict[str, Any]]) -> None:
    mine = Experiment.id == experiment_id
    work.write.execute(update(Experiment).where(mine).values(allocation=shape.allocation))
    for one in wanted:
        told = {"name": one["name"], "weight": one["weight"]}
        which = (Variant.experiment_id == experiment_id, Variant.key == one["key"])
        work.write.execute(update(Variant).where(*which).values(**told))
    if shape.allocation == "fixed":
        divide(work.write, experiment_id, thousandths({one["key"]: one["weight"] for one in wanted}), at=work.now)
    work.changed(f"experiment {shape.slug}: weights")


def _rows(shape: ExperimentShape) -> list[dict[str, Any]]:
    variants = sorted(shape.variants, key=lambda one: one.key)
    told = [one.model_dump(mode="json", exclude_none=True, exclude_defaults=True) for one in variants]
    return [{"weight": one.weight, **row} for one, row in zip(variants, told, strict=True)]


def _row(experiment_id: str, one: Mapping[str, Any]) -> dict[str, Any]:
    changes = {name: one[name] for name in CHANGES if name in one}
    told = {"key": one["key"], "name": one["name"], "weight": one["weight"]}
    return {"experiment_id": experiment_id, **told, "changes": changes, "page_version_id": None}


def _shown(one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: one.get(name) for name in ("key", *CHANGES)}


def _found(work: Work, slug: str) -> Any:
    mine = (Experiment.site_id == work.site_id, Experiment.slug == slug)
    return work.write.execute(select(Experiment.__table__).where(*mine)).mappings().first()


EXAMPLE = {
    "slug": "heading",
    "page": "guide",
    "variants": [
        {"key": "a", "name": "As it is"},
        {"key": "b", "name": "Another title", "title": {"vi": "Cẩm nang rang", "en": "The roasting guide"}},
    ],
}

EXPERIMENTS = Section(
    name="experiments",
    shape=list[ExperimentShape],
    apply=apply,
    export=export,
    retire=retire,
    position=45,
    example=EXAMPLE,
)
