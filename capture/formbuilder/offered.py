"""What forms offer to other screens: forms to choose, answers as facts of conditions, purposes of a consent."""

from __future__ import annotations

from capture.console.facts import TEXT, YES
from capture.core.speech import _, spoken
from capture.formbuilder.queries import FormNow, forms
from capture.sites.here import shown_site
from forms.schema import FieldSpec
from forms.texts import in_locale

PURPOSE_WORDS = {
    "marketing": "News and offers by mail",
    "phone": "Phone calls",
    "sms": "Text messages",
    "privacy": "Handling of their data",
}


def mine() -> list[FormNow]:
    """The forms of the site that the console shows, in the order in which they were made."""
    site = shown_site()
    return sorted((one for one in forms().values() if site and one.site_id == site.id), key=lambda one: one.id)


def forms_to_choose() -> list[dict[str, str]]:
    return [{"key": one.slug, "label": one.slug} for one in mine()]


def facts() -> list[dict[str, str]]:
    """Every answer that the site's forms ask for, each once."""
    asked = {spec.name: spec for form in mine() for spec in form.schema.fields}
    return [{"key": f"answers.{name}", "label": _label(spec), "kind": _kind(spec)} for name, spec in asked.items()]


def purposes() -> list[dict[str, str]]:
    return [{"key": key, "label": _(word)} for key, word in PURPOSE_WORDS.items()]


def _label(spec: FieldSpec) -> str:
    label = in_locale(spec.label, spoken()) or spec.name
    return label if len(label) <= 60 else label[:59] + "…"


def _kind(spec: FieldSpec) -> str:
    return YES if spec.type in {"checkbox", "consent"} else TEXT
