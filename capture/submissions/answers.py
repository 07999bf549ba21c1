"""Are the answers valid? Clean values, or a message at each field in the visitor's language."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from capture.core.errors import Invalid
from capture.core.json import dumps
from capture.core.texts import translated
from capture.formbuilder.queries import FormNow
from capture.leads.find import Contact
from capture.privacy.consent import Asked
from capture.sites.queries import SiteNow
from capture.submissions.arrival import Arrival
from forms.kind import Context
from forms.schema import FieldSpec
from forms.texts import in_locale

TICKED = ("checkbox", "consent")


@dataclass(frozen=True)
class Answers:
    """Clean answers. `values` has all of them, `given` what a lead is made of, `consents` the boxes asked."""

    values: Mapping[str, Any]
    contact: Contact
    given: Mapping[str, Any]
    consents: tuple[Asked, ...]
    digest: str


def context_of(site: SiteNow, locale: str) -> Context:
    return Context(locale, site.region, _translators[locale])


_translators = {locale: partial(translated, locale=locale) for locale in ("vi", "en")}


def check_answers(arrival: Arrival) -> Answers:
    """Raises Invalid with the messages of each field; of one that could not be read at all, only that."""
    form = arrival.form.class_in(context_of(arrival.site, arrival.locale))(arrival.fields)
    if not form.validate() or arrival.unreadable:
        raise Invalid(errors={**form.problems, **arrival.unreadable})
    values = {name: value for name, value in form.answers.items() if value not in (None, "")}
    return Answers(
        values=values,
        contact=_contact(arrival.form, values),
        given=_given(arrival.form, values),
        consents=_consents(arrival.form, values, arrival.locale),
        digest=_digest(arrival.form, values),
    )


def _contact(form: FormNow, values: Mapping[str, Any]) -> Contact:
    named = _by_column(form, values)
    return Contact(named.get("email"), named.get("phone"), named.get("name"))


def _given(form: FormNow, values: Mapping[str, Any]) -> dict[str, Any]:
    """Lead column or attribute → value. What a consent box says goes to the receipts."""
    columns = _columns(form)
    kinds = {spec.name: spec.type for spec in form.schema.fields}
    return {columns.get(name, name): value for name, value in values.items() if kinds[name] != "consent"}


def _by_column(form: FormNow, values: Mapping[str, Any]) -> dict[str, Any]:
    return {column: values[name] for name, column in _columns(form).items() if name in values}


@lru_cache(maxsize=256)
def _columns(form: FormNow) -> Mapping[str, str]:
    """Which answers fill the lead: the first email and phone, and texts named `name` and `company`."""
    found: dict[str, str] = {}
    for spec in form.schema.fields:
        column = _column(spec)
        if column and column not in found.values():
            found[spec.name] = column
    return found


def _column(spec: FieldSpec) -> str | None:
    if spec.type in {"email", "phone"}:
        return spec.type
    return spec.name if spec.type == "text" and spec.name in {"name", "company"} else None


def _consents(form: FormNow, values: Mapping[str, Any], locale: str) -> tuple[Asked, ...]:
    boxes = form.schema.of_type("consent")
    return tuple(Asked(str(box.purpose), values.get(box.name) is True, in_locale(box.label, locale)) for box in boxes)


def _digest(form: FormNow, values: Mapping[str, Any]) -> str:
    """The same answers to the same form. Case says nothing in an email; Gmail's dots may be a correction."""
    emails = {spec.name for spec in form.schema.of_type("email")}
    plain = {name: value.lower() if name in emails else value for name, value in values.items()}
    return hashlib.sha256(dumps([form.id, sorted(plain.items())])).hexdigest()
