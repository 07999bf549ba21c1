"""What is over goes: sessions, links, old history."""

from capture.accounts import history, sessions
from capture.core.clock import now
from capture.core.transactions import transaction


def sweep() -> None:
    with transaction() as write:
        sessions.sweep(write, now())
        history.sweep(write, now())
