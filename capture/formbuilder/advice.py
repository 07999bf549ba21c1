"""What an experienced colleague would say of a form, before visitors do by leaving."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from forms.schema import FieldSpec, FormSchema

MOST_FIELDS = 6
UNSEEN = frozenset({"hidden"})
WORDS = {
    "unreachable": "Nobody can be reached: ask for an email or a phone number, and make one of them required.",
    "two_contacts": "Email and phone are both required. Whoever has one of them only will leave; let one be optional.",
    "phone_without_consent": "It asks for a phone number and has no consent box. Say what you will use the number for.",
    "many": "%(n)s fields are seen. Each one beyond six costs answers; move what sales can ask later.",
    "ticked_by_force": "A consent that must be given is no consent: leave the box optional unless the law asks for it.",
    "nameless": "%(n)s fields have no question yet. Visitors would read the machine name.",
    "one_language": "%(n)s fields have no text in %(language)s. Visitors in it would read the other language.",
}
LANGUAGE_WORDS = {"vi": "Vietnamese", "en": "English"}


@dataclass(frozen=True)
class Advice:
    """`key` of a sentence in `WORDS`, and what stands in it."""

    key: str
    values: dict[str, Any]


def advice_on(schema: FormSchema) -> list[Advice]:
    """Nothing where there is nothing to say."""
    return list(_advice(schema))


def _advice(schema: FormSchema) -> Iterator[Advice]:
    seen = [one for one in schema.fields if one.type not in UNSEEN]
    contacts = [one for one in seen if one.type in {"email", "phone"}]
    if not any(one.required for one in contacts):
        yield Advice("unreachable", {})
    if {one.type for one in contacts if one.required} == {"email", "phone"}:
        yield Advice("two_contacts", {})
    if schema.of_type("phone") and not schema.of_type("consent"):
        yield Advice("phone_without_consent", {})
    if len(seen) > MOST_FIELDS:
        yield Advice("many", {"n": len(seen)})
    if any(one.type == "consent" and one.required for one in seen):
        yield Advice("ticked_by_force", {})
    if nameless := [one for one in seen if not one.label]:
        yield Advice("nameless", {"n": len(nameless)})
    yield from _of_languages(seen)


def _of_languages(seen: list[FieldSpec]) -> Iterator[Advice]:
    """A label that is a map lacks whatever is not in it; a plain text is meant for every language."""
    maps = [one.label for one in seen if isinstance(one.label, dict)]
    for language, word in LANGUAGE_WORDS.items():
        if lacking := [one for one in maps if not one.get(language)]:
            yield Advice("one_language", {"n": len(lacking), "language": word})
