"""Kinds of field in words, for whoever builds a form."""

from __future__ import annotations

from dataclasses import dataclass

from capture.core.speech import _
from forms import field_kinds

WORDS = {
    "email": ("Email", "Checked while they type; fills the lead's email.", "mail"),
    "phone": ("Phone", "Any notation of your region; fills the lead's phone.", "phone"),
    "text": ("Short text", "One line: a name, a company, a place.", "letter-case"),
    "textarea": ("Long text", "Several lines: a wish, a question.", "align-left"),
    "select": ("One of several", "A list of answers to choose one from.", "list"),
    "checkbox": ("Yes or no", "A box to tick.", "checkbox"),
    "consent": ("Consent", "A box whose wording is kept as proof, for one purpose.", "shield-check"),
    "hidden": ("Hidden value", "Nobody sees it; it comes with every answer.", "eye-off"),
}
ORDER = ("label", "hint", "required", "options", "purpose", "value", "max_length")


@dataclass(frozen=True)
class KindInWords:
    key: str
    label: str
    about: str
    icon: str
    settings: tuple[str, ...]


def kinds_in_words() -> list[KindInWords]:
    """Every kind that a form may have; one that has no words yet goes by its name."""
    names = [*(one for one in WORDS if one in field_kinds()), *(one for one in field_kinds() if one not in WORDS)]
    return [kind_in_words(name) for name in names]


def kind_in_words(name: str) -> KindInWords:
    label, about, icon = WORDS.get(name, (name, "", "forms"))
    kind = field_kinds().get(name)
    settings = tuple(one for one in ORDER if kind is None or one in kind.settings)
    return KindInWords(name, _(label), _(about) if about else "", icon, settings)
