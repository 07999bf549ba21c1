"""What became of a message, in plain words."""

from __future__ import annotations

from capture.core.speech import _
from capture.delivery.models import Delivery

WHY = {
    "said_no": "The receiver refused it",
    "busy": "The receiver is overloaded",
    "asked_to_wait": "The receiver asked us to wait",
    "gone": "The receiver said that it is gone for good",
    "used_up": "All attempts were used up",
    "timed_out": "No answer in time",
    "refused": "Nobody answers at this address",
    "reset": "The connection broke off",
    "dns_failed": "The host name was not found",
    "private_address": "The address is inside a private network",
    "tls_failed": "The certificate cannot be trusted",
    "bad_url": "The address cannot be used",
    "bad_port": "This port is not allowed",
    "bad_header": "A header cannot be used",
    "bad_secret": "The signing secret cannot be used",
    "bad_answer": "The answer could not be read",
    "insecure": "Only https is allowed",
    "replayed": "Sent again by hand",
    "delivered": "Delivered",
}


def said(delivery: Delivery) -> str:
    """Why it is where it is; empty where there is nothing to say."""
    return "" if delivery.why in (None, "delivered") else in_words(str(delivery.why))


def in_words(name: str) -> str:
    return _(WHY[name]) if name in WHY else name


def shown_state(delivery: Delivery, *, is_paused: bool) -> str:
    """The state that a person sees: waiting has three faces."""
    if delivery.state != "waiting":
        return str(delivery.state)
    if is_paused:
        return "paused"
    return "retrying" if delivery.attempts else "waiting"
