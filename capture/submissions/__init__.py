"""Submissions: the heart. Every door builds an Arrival and calls `receive`, the one way in."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.submissions import api, console, counts, known, leads_api, public, repeats, thanks_preview

    public.install(doors.public)
    api.install(doors.api)
    leads_api.install(doors.api)
    console.install(doors)
    thanks_preview.install(doors.console)
    doors.teller("submissions_by_form", counts.by_form)
    doors.teller("people_with_facts", known.people_with_facts)
    doors.chore(repeats.forget_expired)
