"""Team: where colleagues manage their own account and, as admins, each other, keys, the audit log and the mailbox.

What an account is and how it is proved is the room `accounts`.
"""

from capture.core.doors import Action, Doors, Entry, Step


def install(doors: Doors) -> None:
    from capture.team import account, audit, commands, console, keys, mailbox, second_factor

    for room in (account, second_factor, console, keys, audit, mailbox):
        doors.console.register_blueprint(room.door)
    doors.entry(Entry("team", "Team", "users-group", "console.team.index", "team.see", 320))
    doors.entry(Entry("keys", "API keys", "key", "console.keys.index", "keys.edit", 330))
    doors.entry(Entry("audit", "Audit log", "history", "console.audit.index", "audit.see", 340))
    doors.entry(Entry("mailbox", "Mailbox", "mail", "console.mailbox.index", "mailbox.see", 350))
    doors.action(Action("Invite a colleague", "user-plus", "console.team.invitation", "team.edit", "user team mail"))
    doors.action(Action("My account", "user", "console.account.show", "account.edit", "password language time zone"))
    doors.action(
        Action("Set up a second factor", "device-mobile", "console.second_factor.show", "account.edit", "totp")
    )
    doors.action(Action("Make an API key", "key", "console.keys.index", "keys.edit", "token scope"))
    doors.step(
        Step(
            "colleague",
            "Invite a colleague",
            "Sales sees the leads, marketing the pages; each with a sign-in of their own.",
            "Invite a colleague",
            "console.team.invitation",
            "team.edit",
            90,
            console.has_colleague,
        )
    )
    doors.command(commands.routes)
