"""Delivery: what leaves the house. The outbox, the worker that sends it, every attempt and its answer."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.delivery import api, commands, console, destinations_console, sitefile

    doors.section(sitefile.DESTINATIONS)
    doors.command(commands.worker)
    doors.command(commands.deliveries)
    doors.command(commands.receiver)
    console.install(doors)
    api.install(doors)
    destinations_console.install(doors)
