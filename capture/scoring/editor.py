"""What the template of the rules reads: rules by group, each against the shipped one of its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from capture.console.posted import NEW
from capture.console.shapes import Control, controls_of
from capture.core.speech import _, spoken
from capture.scoring.rules import GROUP_NAMES
from capture.scoring.shipped import SHIPPED
from capture.scoring.sitefile import RuleShape, ScoringShape
from forms.texts import in_locale

INSIDE = ("label", "points", "when", "group")


def whole_of(item: Mapping[str, Any], errors: Mapping[str, Sequence[str]] | None) -> list[Control]:
    return controls_of(ScoringShape, item, errors=errors, only=("rules", "stages", "caps"))


def editor_of(item: Mapping[str, Any], whole: Sequence[Control]) -> dict[str, Any]:
    by_name = {one.name: one for one in whole}
    shipped = {one["name"]: one for one in SHIPPED["rules"]}
    rules = [_rule(row, one, shipped) for row, one in zip(by_name["rules"].parts, item.get("rules") or [], strict=True)]
    kept = {one["name"] for one in item.get("rules") or []}
    return {
        "groups": [_group(key, word, rules) for key, word in GROUP_NAMES.items()],
        "stages": by_name["stages"],
        "caps": by_name["caps"],
        "missing": [
            {"name": name, "label": in_locale(one["label"], spoken()), "points": one["points"]}
            for name, one in shipped.items()
            if name not in kept
        ],
    }


def _group(key: str, word: str, rules: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    blank = controls_of(RuleShape, {"group": key}, path=f"rules.{NEW}")
    return {
        "key": key,
        "title": _(word),
        "rules": [one for one in rules if one["group"] == key],
        "blank": {**_parts(blank, f"rules.{NEW}"), "label": "", "points": 0, "badge": "", "was": None, "is_open": True},
    }


def _rule(row: Control, rule: Mapping[str, Any], shipped: Mapping[str, Any]) -> dict[str, Any]:
    original = shipped.get(str(rule.get("name")))
    points = rule.get("points") if isinstance(rule.get("points"), int) else 0
    return {
        **_parts(row.parts, row.path),
        "group": rule.get("group"),
        "label": in_locale(rule.get("label"), spoken()),
        "points": points,
        "badge": "own" if original is None else ("shipped" if original == rule else "changed"),
        "was": original["points"] if original and original["points"] != points else None,
        "is_open": row.is_wrong,
    }


def _parts(controls: Sequence[Control], path: str) -> dict[str, Any]:
    by_name = {one.name: one for one in controls}
    return {"path": path, "name": by_name["name"], "controls": [by_name[name] for name in INSIDE]}
