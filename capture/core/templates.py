"""What every template knows: our words in its language, our files, times and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from babel.numbers import format_decimal
from flask import Flask, current_app, g

from capture.core import speech, texts
from capture.core.assets import asset


def attach(app: Flask) -> None:
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        _=speech._, ngettext=speech.ngettext, asset=asset, when=when, day=day, clock=clock, number=number
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


def number(value: Any) -> str:
    return str(format_decimal(value, locale=speech.spoken()))
