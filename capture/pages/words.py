"""What a visitor reads when something cannot be done: a title and a sentence by status, English to translate."""

from __future__ import annotations

WORDS = {
    400: ("This request cannot be read", "Please go back and try again."),
    403: ("This was not sent from our page", "Please open our page and send the form from there."),
    404: ("There is nothing here", "The page may have moved, or the link was cut off on its way."),
    405: ("This cannot be done here", "Please go back and try again."),
    413: ("That was too much", "Please shorten what you typed and send it again."),
    421: ("No site answers to this name", "Whoever runs this server has to add the host name to a site."),
    429: ("That was a little fast", "Please wait a minute and send it again. What you typed is still here."),
    500: ("Something failed on our side", "Please try again in a minute. If it happens again, tell us the reference."),
    503: ("We are very busy right now", "Nothing is lost: please send it again in a few seconds."),
    "download": ("This link has expired", "Fill in the form once more and you get a fresh one."),
    "thanks": (
        "This page has expired",
        "It was shown for one hour after you sent the form. What you sent has arrived.",
    ),
}


def of(status: int, text: str) -> tuple[str, str]:
    """By the kind of thing that is missing, else by status."""
    return WORDS.get(text) or WORDS.get(status) or WORDS[400 if status < 500 else 500]
