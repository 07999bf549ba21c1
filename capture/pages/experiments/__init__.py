"""Experiments: variants of a page, who is shown which, and who saw what. What it meant is told by the reports."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.pages.experiments import expose, sitefile

    doors.section(sitefile.EXPERIMENTS)
    doors.beacon(expose.by_script)
    doors.chore(expose.forget_old)
    doors.public.record_once(expose.attach)
