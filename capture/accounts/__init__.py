"""Accounts: who works here. Users, how they prove it, sessions, tokens, what each role may, the guards on closed doors.

The screens where colleagues manage all this are the room `team`.
"""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.accounts import api, commands, console, forgotten, guards, oidc, resets, tidying

    guards.install(doors)
    console.install(doors.console)
    doors.console.register_blueprint(forgotten.door)
    doors.console.register_blueprint(oidc.door)
    api.install(doors)
    doors.command(commands.user)
    doors.command(commands.token)
    doors.errand(resets.answer_requests)
    doors.chore(tidying.sweep)
