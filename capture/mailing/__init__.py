"""Mailing: what is written to people, as an outbox: queued with the fact, sent by the worker. No mail's words."""

from capture.core.doors import Doors


def install(doors: Doors) -> None:
    from capture.mailing import outbox, send

    doors.errand(send.send_due)
    doors.chore(outbox.blank_expired)
