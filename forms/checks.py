"""What is wrong with a schema, before anybody fills it in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forms.kind import field_kinds
from forms.schema import FieldSpec, FormSchema

NAME = re.compile(r"^[a-z][a-z0-9_]{0,39}$")
MOST_FIELDS = 60


def problems_in(schema: FormSchema) -> list[tuple[str, str]]:
    """Pairs of (path, what is wrong and what is allowed); empty when the form can be published."""
    found = list(_of_the_whole(schema))
    for index, spec in enumerate(schema.fields):
        found += [(f"fields[{index}]{path}", text) for path, text in _of_one(spec)]
    return found


def _of_the_whole(schema: FormSchema) -> Iterator[tuple[str, str]]:
    if not schema.fields:
        yield "fields", "a form needs at least one field"
    if len(schema.fields) > MOST_FIELDS:
        yield "fields", f"a form has at most {MOST_FIELDS} fields"
    seen: set[str] = set()
    for index, name in enumerate(schema.names):
        if name in seen:
            yield f"fields[{index}].name", f"two fields are called {name!r}"
        seen.add(name)


def _of_one(spec: FieldSpec) -> Iterator[tuple[str, str]]:
    if not NAME.fullmatch(spec.name):
        yield ".name", "small letters, digits and _, beginning with a letter, at most 40 characters"
    kind = field_kinds().get(spec.type)
    if kind is None:
        yield ".type", "allowed are " + ", ".join(sorted(field_kinds()))
        return
    for text in kind.problems(spec):
        yield "", text
