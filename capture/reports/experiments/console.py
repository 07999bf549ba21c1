"""The marketers' door of experiments: what runs, what it showed, beginning and ending one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import may
from capture.console.shell import screen
from capture.core.clock import now
from capture.core.db import db
from capture.core.doors import Action, Doors, Entry
from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.speech import _, spoken
from capture.pages.console_editor import found as found_page
from capture.pages.console_editor import previewed
from capture.pages.edits import with_ids
from capture.pages.experiments.models import KEYS, Experiment, Variant
from capture.pages.experiments.sitefile import EXPERIMENTS
from capture.pages.models import Page, PageVersion
from capture.reports.experiments import adapt, editing
from capture.reports.experiments.charts import arms_of, bars
from capture.reports.experiments.results import results_of
from capture.reports.experiments.words import ended, percent, said_of
from capture.sites.change import item_of, put, retire
from capture.sites.queries import LOCALES
from forms.texts import in_locale

door = Blueprint("experiments", __name__, url_prefix="/experiments")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("experiments", "Experiments", "flask", "console.experiments.index", "experiments.see", 150))
    doors.action(Action("New experiment", "flask", "console.experiments.new", "experiments.edit", "a/b test variant"))
    doors.chore(adapt.adapt_all)


@door.get("")
@allowed("experiments.see")
def index() -> Response:
    rows = select(Experiment, Page, PageVersion.content).join(Page, Page.id == Experiment.page_id)
    shown = (PageVersion.page_id == Page.id) & (PageVersion.number == Page.version)
    found = db.session.execute(rows.outerjoin(PageVersion, shown).order_by(Experiment.id.desc())).all()
    results = results_of([row[0] for row in found], now())
    listed = [editing.listed(experiment, page, content, results) for experiment, page, content in found]
    order = {"running": 0, "draft": 1, "ended": 2}
    return screen(
        "experiments/list.html",
        rows=sorted(listed, key=lambda row: order[row["state"]]),
        can_edit=_can_edit(),
        pages=editing.pages_to_test() if not listed else [],
    )


@door.get("/new")
@allowed("experiments.edit")
def new() -> Response:
    return _asked({"page": request.args.get("page", "")}, {})


@door.post("")
@allowed("experiments.edit")
def creation() -> BaseResponse:
    given = {name: request.form.get(name, "") for name in ("page", "variants", "allocation")}
    try:
        experiment_id = editing.begin_draft(given, actor=current_user().email)
    except Invalid as refusal:
        return _asked(given, refusal.errors, 422)
    return redirect(url_for(".show", experiment_id=experiment_id), 303)


@door.get("/<experiment_id>")
@allowed("experiments.see")
def show(experiment_id: str) -> Response:
    return _shown(_found(experiment_id))


@door.post("/<experiment_id>")
@allowed("experiments.edit")
def settings(experiment_id: str) -> BaseResponse:
    """Names, weights, allocation: of a draft and of what runs."""
    experiment, page = _found(experiment_id)
    item = _item(experiment)
    item["allocation"] = "adaptive" if request.form.get("allocation") == "adaptive" else "fixed"
    for variant in item["variants"]:
        name, weight = (request.form.get(f"{what}.{variant['key']}", "").strip() for what in ("name", "weight"))
        variant["name"] = name or variant["name"]
        variant["weight"] = int(weight) if weight.isascii() and weight.isdigit() and len(weight) < 6 else weight
    try:
        put(EXPERIMENTS, item, site_id=experiment.site_id, actor=current_user().email)
    except Invalid as refusal:
        return _shown((experiment, page), item=item, errors=refusal.errors, status=422)
    flash("Saved. Who has seen a variant keeps it." if experiment.started_at else "Saved.", "success")
    return redirect(url_for(".show", experiment_id=experiment_id), 303)


@door.post("/<experiment_id>/start")
@allowed("experiments.edit")
def start(experiment_id: str) -> BaseResponse:
    experiment, page = _found(experiment_id)
    item = {**_item(experiment), "running": True}
    try:
        put(EXPERIMENTS, item, site_id=experiment.site_id, actor=current_user().email)
    except Invalid as refusal:
        said = " ".join(text for texts in refusal.errors.values() for text in texts)
        return _shown((experiment, page), problem=said, status=409)
    flash("It runs. Visitors see the variants from now on.", "success")
    return redirect(url_for(".show", experiment_id=experiment_id), 303)


@door.post("/<experiment_id>/end/<key>")
@allowed("experiments.edit")
def ending(experiment_id: str, key: str) -> BaseResponse:
    """One click: visitors see what is kept."""
    experiment, _page = _found(experiment_id)
    if experiment.ended_at is not None or experiment.started_at is None or key not in KEYS:
        raise Conflict("This experiment is not running.")
    item = {**_item(experiment), "running": False, "winner": key}
    put(EXPERIMENTS, item, site_id=experiment.site_id, actor=current_user().email)
    flash("It is over. Visitors see what was kept.", "success")
    return redirect(url_for(".show", experiment_id=experiment_id), 303)


@door.post("/<experiment_id>/removal")
@allowed("experiments.edit")
def removal(experiment_id: str) -> BaseResponse:
    experiment, _page = _found(experiment_id)
    if experiment.started_at is not None:
        raise Conflict("It has begun: end it instead.")
    retire(EXPERIMENTS, experiment.slug, site_id=experiment.site_id, actor=current_user().email)
    flash("The draft is gone.", "success")
    return redirect(url_for(".index"), 303)


@door.route("/<experiment_id>/variants/<key>", methods=["GET", "POST"])
@allowed("experiments.edit")
def variant(experiment_id: str, key: str) -> BaseResponse:
    """What a variant of a draft shows: the page's blocks, changed."""
    experiment, page = _found(experiment_id)
    item = _item(experiment) if experiment.started_at is None else {"variants": []}
    mine = next((one for one in item["variants"] if one["key"] == key and key != KEYS[0]), None)
    if mine is None:
        raise NotFound("There is no such variant to edit.")
    content = editing.content_of(page)
    if request.method == "GET":
        return _edited(experiment, mine, {**content, **mine}, {})
    given = editing.posted(request.form, content)
    changed = editing.with_changes(item, key, given, content)
    try:
        put(EXPERIMENTS, changed, site_id=experiment.site_id, actor=current_user().email)
    except Invalid as refusal:
        place = item["variants"].index(mine)
        return _edited(experiment, mine, given, editing.errors_of(refusal.errors, place), 422)
    if "add" in request.form:
        return redirect(url_for(".variant", experiment_id=experiment_id, key=key) + "#last", 303)
    flash("Saved.", "success")
    return redirect(url_for(".show", experiment_id=experiment_id), 303)


@door.route("/<experiment_id>/variants/<key>/preview", methods=["GET", "POST"])
@allowed("experiments.see")
def preview(experiment_id: str, key: str) -> Response:
    """A variant as visitors would see it: as it is saved, or as it was just posted."""
    experiment, page = _found(experiment_id)
    site, row = found_page(page.id)
    kept = db.session.get(Variant, (experiment.id, key))
    if kept is None:
        raise NotFound("There is no such variant.")
    content, locale = editing.content_of(page), request.values.get("_locale", "")
    shown = editing.posted(request.form, content) if request.method == "POST" else {**content, **kept.changes}
    return previewed(site, row, with_ids({**shown, "slug": page.slug}), locale if locale in LOCALES else site.locale)


def _edited(experiment: Experiment, mine: Any, given: Any, errors: Any, status: int = 200) -> Response:
    return screen(
        "experiments/variant.html",
        status=status,
        experiment=experiment,
        variant=mine,
        address=url_for(".variant", experiment_id=experiment.id, key=mine["key"]),
        title=editing.title_control(given, errors),
        blocks=editing.block_forms(given["blocks"], errors),
        kinds=editing.kinds(),
        wrong=sum(map(len, errors.values())),
    )


def _asked(given: dict[str, str], errors: Any, status: int = 200) -> Response:
    return screen(
        "experiments/new.html", status=status, given=given, errors=errors, pages=editing.pages_to_test(), most=len(KEYS)
    )


def _found(experiment_id: str) -> tuple[Experiment, Page]:
    rows = select(Experiment, Page).join(Page, Page.id == Experiment.page_id).where(Experiment.id == experiment_id)
    found = db.session.execute(rows).first()
    if found is None:
        raise NotFound("There is no such experiment.")
    return found[0], found[1]


def _item(experiment: Experiment) -> dict[str, Any]:
    item = item_of(db.session.connection(), EXPERIMENTS, experiment.site_id, experiment.slug)
    if item is None:
        raise Conflict("This experiment is over.")
    return item


def _can_edit() -> bool:
    return may(current_user().role, "experiments.edit")


def _shown(
    found: tuple[Experiment, Page], *, item: Any = None, errors: Any = None, problem: str = "", status: int = 200
) -> Response:
    experiment, page = found
    rows = select(Variant).where(Variant.experiment_id == experiment.id).order_by(Variant.key)
    variants = list(db.session.execute(rows).scalars())
    content = editing.content_of(page)
    results = results_of([experiment], now()).get(experiment.id)
    arms = arms_of(results, variants) if results else []
    return screen(
        "experiments/show.html",
        status=status,
        experiment=experiment,
        state=editing.state_of(experiment),
        page=page,
        title=in_locale(content["title"], spoken()),
        variants=editing.rows_of(variants, item, content),
        errors=errors or {},
        problem=_(problem) if problem else "",
        said=said_of(results) if results else None,
        ended=ended(experiment.winner) if experiment.winner else "",
        verdict=results.verdict if results else None,
        arms=arms,
        quality=bars(arms, "quality"),
        conversion=bars(arms, "conversion"),
        percent=percent,
        can_edit=_can_edit(),
    )
