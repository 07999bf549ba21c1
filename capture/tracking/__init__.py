"""Visitors before they have a name: visits, touchpoints, and who is a robot. Not who gets the credit."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.core.doors import Panel
    from capture.tracking import api, panel, public

    public.install(doors.public)
    api.install(doors.api)
    doors.panel(Panel("tracking", panel.load))
