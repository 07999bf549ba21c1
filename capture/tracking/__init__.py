"""Visitors before they have a name: visits, touchpoints, and who is a robot. Not who gets the credit."""

from typing import cast

from flask import Flask

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.core.doors import Panel
    from capture.tracking import api, panel, public, unscripted

    public.install(doors.public)
    api.install(doors.api)
    doors.panel(Panel("tracking", panel.load))
    doors.chore(unscripted.forget_old)
    doors.public.record_once(lambda state: unscripted.attach(cast("Flask", state.app)))
