"""The `scoring:` section; without it a site gets the shipped rules."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Connection, insert, select

from capture.core.ids import new_id
from capture.scoring.models import ScoringModel
from capture.scoring.rules import GROUP_NAMES
from capture.scoring.shipped import SHIPPED
from capture.sites.refusals import steps_of
from capture.sites.section import LocaleText, Section, Strict, Work, answer_names
from forms.conditions import problems_with

Group = Literal["fit", "firmographic", "behaviour", "social", "source", "quality"]


class RuleShape(Strict):
    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", title="Name of the rule", json_schema_extra={"control": "fixed"}
    )
    label: LocaleText = Field(title="Words on the receipt", description="What sales read: Viewed the price page.")
    group: Group = Field(title="Group", json_schema_extra={"words": {**GROUP_NAMES}})
    when: dict[str, Any] = Field(title="When", json_schema_extra={"control": "condition"})
    points: int = Field(ge=-100, le=100, title="Points", description="From −100 to 100.")


class ThresholdShape(Strict):
    score: int = Field(ge=0, le=100, title="From how many points on")
    when: dict[str, Any] | None = Field(
        default=None,
        title="And only when",
        json_schema_extra={"control": "condition"},
    )


class StagesShape(Strict):
    mql: int | ThresholdShape | None = Field(default=None, title="MQL: marketing keeps talking to them")
    sql: int | ThresholdShape | None = Field(default=None, title="SQL: sales call now")


class ScoringShape(Strict):
    extends: Literal["default"] | None = None
    rules: list[RuleShape] = Field(default=[], title="Rules")
    stages: StagesShape | None = Field(default=None, title="Stages")
    caps: dict[Group, int] = Field(
        default={},
        title="At most from one group",
        description="So that twenty page views do not outweigh a phone number. Empty means without limit.",
        json_schema_extra={"words": {**GROUP_NAMES}},
    )


def apply(work: Work, shape: ScoringShape | None) -> None:
    """Changed rules are a new model; old scores keep naming the old one."""
    newest = select(ScoringModel.number, ScoringModel.rules).where(ScoringModel.site_id == work.site_id)
    found = work.write.execute(newest.order_by(ScoringModel.number.desc()).limit(1)).first()
    if shape is None and found is not None:
        return
    rules = SHIPPED if shape is None else merged(shape)
    if shape is not None and _problems(work, shape, rules):
        return
    if found is None or found.rules != rules:
        number = 1 if found is None else found.number + 1
        row = {"id": new_id(), "site_id": work.site_id, "number": number, "rules": rules, "created_at": work.now}
        work.write.execute(insert(ScoringModel).values(**row))
        work.changed(f"scoring: model {number}")


def export(read: Connection, site_id: str) -> dict[str, Any] | None:
    """The newest model; nothing where it is the shipped one, and only what was added where it extends that."""
    newest = select(ScoringModel.rules).where(ScoringModel.site_id == site_id).order_by(ScoringModel.number.desc())
    rules = read.execute(newest.limit(1)).scalar()
    if rules is None or rules == SHIPPED:
        return None
    own = [rule for rule in rules["rules"] if rule not in SHIPPED["rules"]]
    names = {rule["name"] for rule in own}
    kept = [rule for rule in SHIPPED["rules"] if rule["name"] not in names]
    extends = own and rules["rules"] == kept + own
    made: dict[str, Any] = {"extends": "default", "rules": own} if extends else {"rules": rules["rules"]}
    made |= {} if rules["stages"] == SHIPPED["stages"] else {"stages": rules["stages"]}
    return made | ({"caps": rules["caps"]} if rules.get("caps") else {})


def merged(shape: ScoringShape) -> dict[str, Any]:
    """`rules` replaces the shipped ones; `extends: default` adds, and a rule of the same name takes its place."""
    own = shape.model_dump(mode="json", exclude_none=True)
    rules, stages = own.get("rules", []), own.get("stages")
    if shape.extends == "default" or not shape.rules:
        names = {rule["name"] for rule in rules}
        rules = [rule for rule in SHIPPED["rules"] if rule["name"] not in names] + rules
    merged = {"rules": rules, "stages": {**SHIPPED["stages"], **stages} if stages else SHIPPED["stages"]}
    return {**merged, "caps": own["caps"]} if own.get("caps") else merged


def _problems(work: Work, shape: ScoringShape, rules: dict[str, Any]) -> bool:
    before = len(work.problems)
    names, answers = set[str](), answer_names(work)
    for index, rule in enumerate(shape.rules):
        if rule.name in names:
            work.refuse(("scoring", "rules", index, "name"), f"two rules are called {rule.name!r}")
        names.add(rule.name)
        for path, text in problems_with(rule.when, answers=answers):
            work.refuse(("scoring", "rules", index, "when", *steps_of(path)), text)
    for stage, threshold in rules["stages"].items():
        if isinstance(threshold, dict) and threshold.get("when"):
            for path, text in problems_with(threshold["when"], answers=answers):
                work.refuse(("scoring", "stages", stage, "when", *steps_of(path)), text)
    return len(work.problems) > before


EXAMPLE = {
    "extends": "default",
    "rules": [
        {
            "name": "price-page",
            "label": {"vi": "Đã xem trang giá", "en": "Viewed the price page"},
            "group": "behaviour",
            "when": {"fact": "page_views./pricing", "gte": 1},
            "points": 15,
        }
    ],
    "stages": {"mql": 45, "sql": {"score": 75, "when": {"fact": "phone.valid", "eq": True}}},
}

SCORING = Section(
    name="scoring",
    shape=ScoringShape,
    apply=apply,
    export=export,
    position=30,
    always=True,
    example=EXAMPLE,
)
