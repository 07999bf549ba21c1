"""The facts of conditions in words. Rooms add their own with `doors.choice("fact", …)`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import g

from capture.console.conditions import WITHOUT_VALUE, written
from capture.core.speech import _
from capture.core.templates import choices

# What a value is decides which operators and which control go with it.
NUMBER, YES, TEXT, CHANNEL = "number", "yes", "text", "channel"
OPERATOR_WORDS = {
    "eq": "is", "ne": "is not", "gt": "is more than", "gte": "is at least", "lt": "is less than",
    "lte": "is at most", "in": "is one of", "not_in": "is none of", "contains": "contains",
    "starts_with": "begins with", "present": "is known", "absent": "is not known",
}  # fmt: skip
KINDS = {
    NUMBER: ("gte", "gt", "lte", "lt", "eq", "ne", "present", "absent"),
    YES: ("eq", "ne", "present", "absent"),
    TEXT: ("eq", "ne", "contains", "starts_with", "in", "not_in", "present", "absent"),
    CHANNEL: ("in", "not_in", "eq", "ne", "present", "absent"),
}
WORDS = {
    "How they behaved": {
        "page_views": ("Pages viewed", NUMBER),
        "visits": ("Visits", NUMBER),
        "engaged_seconds": ("Seconds of reading", NUMBER),
        "touch.download": ("Downloads opened", NUMBER),
        "touch.search": ("Searches on the site", NUMBER),
        "touch.click": ("Clicks on a button", NUMBER),
        "touch.video": ("Videos played", NUMBER),
    },
    "Where they came from": {
        "channel": ("Channel", CHANNEL),
        "source": ("Source", TEXT),
        "medium": ("Medium", TEXT),
        "campaign": ("Campaign", TEXT),
        "offer.kind": ("Kind of offer", TEXT),
    },
    "Their contact details": {
        "email.valid": ("Email is valid", YES),
        "email.company": ("Email of a company", YES),
        "email.free": ("Email of a free provider", YES),
        "email.disposable": ("Throw-away email", YES),
        "email.role": ("Shared mailbox such as info@", YES),
        "email.domain": ("Part of the email behind the @", TEXT),
        "phone.valid": ("Phone number is valid", YES),
        "phone.mobile": ("Phone is a mobile", YES),
        "phone.region": ("Country of the phone number", TEXT),
    },
}
CHANNELS = (
    "Paid Search", "Organic Search", "Paid Social", "Organic Social", "Email", "Referral", "Affiliates", "Direct",
    "SMS", "Display", "Paid Video", "Organic Video", "Paid Shopping", "Organic Shopping", "Cross-network", "Paid Other",
    "Audio", "Mobile Push", "Unassigned",
)  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """`name` as a condition has it, `label` in words, `kind` of its values."""

    name: str
    label: str
    kind: str


def facts_offered() -> list[tuple[str, Sequence[Fact]]]:
    """Groups of facts, worked out once for a screen that shows them in every row."""
    if "facts_offered" not in g:
        g.facts_offered = _offered()
    return list(g.facts_offered)


def _offered() -> list[tuple[str, Sequence[Fact]]]:
    """What visitors answer and which pages they see on this site, then what is always measured."""
    answers = [Fact(one["key"], one["label"], one.get("kind") or TEXT) for one in choices("fact")]
    pages = [Fact(f"page_views./{one['key']}", one["label"], NUMBER) for one in choices("page")]
    own = [(_("What they answered"), answers), (_("Views of a page"), pages)]
    always = [
        (_(group), [Fact(name, _(label), kind) for name, (label, kind) in facts.items()])
        for group, facts in WORDS.items()
    ]
    return [(group, facts) for group, facts in (*own, *always) if facts]


def operators() -> list[dict[str, str]]:
    """Every operator in words, with the kinds of fact that it suits."""
    return [
        {"key": key, "label": _(word), "kinds": " ".join(kind for kind, keys in KINDS.items() if key in keys)}
        for key, word in OPERATOR_WORDS.items()
    ]


def in_words(condition: object) -> str:
    """A condition as a sentence, for lists: `Pages viewed is at least 3 and Phone is a mobile is yes`."""
    if not isinstance(condition, dict) or not condition:
        return ""
    for word, join in (("all", _(" and ")), ("any", _(" or "))):
        if word in condition:
            return join.join(in_words(one) for one in condition[word])
    if "not" in condition:
        return _("not (%(condition)s)", condition=in_words(condition["not"]))
    labels = {fact.name: fact.label for _group, facts in facts_offered() for fact in facts}
    fact = str(condition["fact"])
    operator, value = next((str(name), value) for name, value in condition.items() if name != "fact")
    said = [labels.get(fact, fact), _(OPERATOR_WORDS.get(operator, operator))]
    if operator in WITHOUT_VALUE:
        return " ".join(said)
    shown = (_("yes") if value else _("no")) if isinstance(value, bool) else written(value)
    return " ".join([*said, shown])
