"""Privacy: what we may keep, and the receipts that say so. Nothing here asks for consent; forms do."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.core.doors import Panel
    from capture.privacy import panel

    doors.panel(Panel("privacy", panel.load))
