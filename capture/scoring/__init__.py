"""Scoring: how warm a lead is, with reasons that sum to the score. It decides no identity and sends nothing."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.core.doors import Panel
    from capture.scoring import console, panel, sitefile

    doors.panel(Panel("scoring", panel.load))
    doors.section(sitefile.SCORING)
    console.install(doors)
