"""Accounts: who works here. Users, sessions, tokens, what each role may, and the guards on every closed door."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.accounts import api, commands, console, guards

    guards.install(doors)
    console.install(doors.console)
    api.install(doors)
    doors.command(commands.user)
    doors.command(commands.token)
