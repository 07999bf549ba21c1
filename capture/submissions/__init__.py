"""Submissions: the heart. Every door builds an Arrival and calls `receive`, the one way in."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.submissions import api, console, leads_api, public, repeats

    public.install(doors.public)
    api.install(doors.api)
    leads_api.install(doors.api)
    console.install(doors)
    doors.chore(repeats.forget_expired)
