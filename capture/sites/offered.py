"""What the settings propose: time zones and regions of phone numbers."""

from __future__ import annotations

from zoneinfo import available_timezones

import phonenumbers
from babel import Locale

from capture.core.speech import spoken

# Names that only say how far from Greenwich.
ABSTRACT = ("Etc/", "SystemV/", "posix", "right")


def zones() -> list[dict[str, str]]:
    names = sorted(one for one in available_timezones() if "/" in one and not one.startswith(ABSTRACT))
    return [{"key": one, "label": ""} for one in ["UTC", *names]]


def regions() -> list[dict[str, str]]:
    names = Locale.parse(spoken()).territories
    return [{"key": one, "label": str(names.get(one, one))} for one in sorted(phonenumbers.SUPPORTED_REGIONS)]
