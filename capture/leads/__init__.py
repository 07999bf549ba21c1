"""Leads: people, how we recognise them, what we know of them and where they stand. Not how warm they are."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.leads import console

    console.install(doors)
