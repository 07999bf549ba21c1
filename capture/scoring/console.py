"""The marketers' door of scoring: the rules, and what a change of them would do to the people whom we know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, current_app, flash, g, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.accounts.roles import pipelines_of
from capture.console.shapes import value_of, wrong
from capture.console.shell import screen
from capture.core.doors import Doors, Entry
from capture.formbuilder.names import free, plain_word
from capture.scoring.editor import editor_of, whole_of
from capture.scoring.queries import model_of, models
from capture.scoring.replay import STAGES, replay
from capture.scoring.shipped import SHIPPED
from capture.scoring.sitefile import ScoringShape, merged
from capture.sites.here import console_site
from capture.sites.saving import Errors, kept_item, saved, state
from forms.conditions import problems_with
from forms.texts import in_locale

SHOWN_MOVES = 10
RULE = re.compile(r"rules\.(\d+)\.")

door = Blueprint("scoring", __name__, url_prefix="/scoring")


def install(doors: Doors) -> None:
    doors.console.register_blueprint(door)
    doors.entry(Entry("scoring", "Scoring", "receipt-2", "console.scoring.show", "scoring.see", 200))


@door.get("")
@allowed("scoring.see")
def show() -> Response:
    return _screen(_now())


@door.post("")
@allowed("scoring.edit")
def change() -> BaseResponse:
    item = _posted()
    if name := request.form.get("_restore"):
        rules = [one for one in SHIPPED["rules"] if one["name"] == name]
        return _screen({**item, "rules": [*item.get("rules", []), *rules]}, unsaved=True)
    if request.form.get("_reset"):
        return _screen(SHIPPED, unsaved=True)
    errors = saved("scoring", item)
    if errors:
        return _screen(item, errors)
    flash("These rules score everybody who comes from now on.", "success")
    return redirect(url_for(".show"), 303)


@door.post("/preview")
@allowed("scoring.see")
def preview() -> Response:
    """What the rules as they are typed would do; a fragment."""
    item, site = _posted(), console_site()
    if not _is_sound(item):
        return Response(render_template("scoring/_preview.html", told=None))
    people = current_app.extensions["capture.doors"].tellers["people_with_facts"](site.id)
    seen = [one for one in people if one.pipeline in pipelines_of(current_user().role)]
    told = replay(seen, models()[site.id], model_of("", 0, merged(ScoringShape.model_validate(item))))
    shown = {"told": told, "stages": STAGES, "moved": told.moved[:SHOWN_MOVES]}
    return Response(render_template("scoring/_preview.html", **shown))


def _now() -> dict[str, Any]:
    """The rules that score today, whether they are shipped or one's own."""
    return merged(ScoringShape.model_validate(kept_item("scoring") or {}))


def _posted() -> dict[str, Any]:
    """The rules in the order in which they stood; new ones at the end, named after their words."""
    kept = _now()
    before = kept if request.form.get("_was") == state(kept_item("scoring")) else {}
    item = value_of(ScoringShape, MultiDict(_ordered()), before=before)
    taken = {str(one["name"]) for one in item.get("rules") or [] if one.get("name")}
    for rule in item.get("rules") or []:
        if not rule.get("name"):
            rule["name"] = free(plain_word(in_locale(rule.get("label"), "en"), "-") or "rule", taken, "-")
            taken.add(rule["name"])
    return item


def _ordered() -> list[tuple[str, str]]:
    """The groups of the screen put rules out of their order, which is the order of the receipt."""

    def place(pair: tuple[str, str]) -> int:
        found = RULE.match(pair[0])
        return int(found[1][:6]) if found else 1_000_000

    return sorted(request.form.items(multi=True), key=place)


def _is_sound(item: Mapping[str, Any]) -> bool:
    try:
        shape = ScoringShape.model_validate(dict(item))
    except ValidationError:
        return False
    stages = [one.get("when") for one in merged(shape)["stages"].values() if isinstance(one, dict)]
    return not any(problems_with(one) for one in [*(rule.when for rule in shape.rules), *filter(None, stages)])


def _screen(item: Mapping[str, Any], errors: Errors | None = None, *, unsaved: bool = False) -> Response:
    site = console_site()
    whole = whole_of(item, errors)
    return screen(
        "scoring/rules.html",
        status=422 if errors else 200,
        **editor_of(item, whole),
        wrong=wrong(whole),
        more=[text for place in ("", "scoring") for text in (errors or {}).get(place, ())],
        overtaken="_was" in (errors or {}),
        was=state(kept_item("scoring")),
        number_now=models()[site.id].number if site.id in models() else 0,
        unsaved=unsaved,
        may_edit=g.permits("scoring.edit"),
    )
