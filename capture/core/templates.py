"""What every template knows: our words in its language, our files, times and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from babel.numbers import format_decimal
from flask import Flask, current_app, g

from capture.core import speech, texts
from capture.core.assets import asset


def attach(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=speech._,
        ngettext=speech.ngettext,
        asset=asset,
        when=when,
        day=day,
        clock=clock,
        zone_name=zone_name,
        number=number,
        local_moment=local_moment,
        choices=choices,
    )


def zone() -> str:
    """The time zone that this request speaks in."""
    if "zone" not in g:
        g.zone = current_app.extensions["capture.doors"].zone()
    return str(g.zone)


def when(at: datetime | None) -> str:
    return texts.moment(at, speech.spoken(), zone()) if at else ""


def day(at: datetime | None) -> str:
    return texts.day(at, speech.spoken(), zone()) if at else ""


def clock(at: datetime | None) -> str:
    return texts.clock(at, zone()) if at else ""


def zone_name(name: str) -> str:
    """Whose clock it is: `Giờ Việt Nam`."""
    return str(get_timezone_location(name, locale=speech.spoken()))


def local_moment(at: datetime | str | None) -> str:
    """A time as the browser's own control wants it, in the zone of this request; nonsense stays as it is."""
    if not at:
        return ""
    try:
        moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    except ValueError:
        return str(at)
    here = moment.astimezone(ZoneInfo(zone())).replace(tzinfo=None) if moment.tzinfo else moment
    return here.isoformat(timespec="seconds" if here.second else "minutes")


def moment_of(text: str) -> str:
    """What the browser's control sent, with the zone of this request; nonsense stays as it is, to be refused."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone()))).isoformat()


def choices(kind: str) -> list[dict[str, str]]:
    """What can be chosen for a control of this kind: `key` is kept, `label` is read. Rooms bring them."""
    load = current_app.extensions["capture.doors"].choices.get(kind)
    return load() if load else []


def number(value: Any) -> str:
    return str(format_decimal(value, locale=speech.spoken()))
