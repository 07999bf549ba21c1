"""Fixed words in the visitor's language: English in the code, the others in `translations/*.po`."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).resolve().parent.parent / "translations"
# Day before month before year in both, the clock with 24 hours, whatever a locale's own default is.
PATTERNS: dict[str, str] = {"vi": "HH:mm, dd.MM.yyyy", "en": "d MMM yyyy, HH:mm"}
DAY_PATTERNS: dict[str, str] = {"vi": "dd.MM.yyyy", "en": "d MMM yyyy"}


@cache
def translations(locale: str) -> NullTranslations:
    """The catalogue of a locale; compiled in memory, so that there is nothing to build or to forget."""
    sources = sorted((FOLDER / locale).glob("*.po"))
    if not sources:
        return NullTranslations()
    whole = Catalog(locale=locale)
    for source in sources:
        with source.open("rb") as file:
            for message in read_po(file, locale=locale):
                whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


def translated(text: str, locale: str) -> str:
    """One fixed text in a locale."""
    return str(translations(locale).gettext(text))


def moment(at: datetime, locale: str, zone: str) -> str:
    """`23:59, 01.12.2026` in vi, `1 Dec 2026, 23:59` in en; in the given time zone."""
    return format_datetime(at.astimezone(ZoneInfo(zone)), PATTERNS.get(locale, PATTERNS["en"]), locale=locale)


def day(at: datetime, locale: str, zone: str) -> str:
    return format_date(
        at.astimezone(ZoneInfo(zone)).date(), DAY_PATTERNS.get(locale, DAY_PATTERNS["en"]), locale=locale
    )


def clock(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M")
