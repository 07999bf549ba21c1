"""The mails of accounts, in the reader's language."""

from __future__ import annotations

from datetime import datetime

from flask import current_app

from capture.core import texts
from capture.core.speech import _, speaking, spoken
from capture.mailing.outbox import Written

WORDS = {
    "admin": "You can do everything here, and invite others.",
    "marketer": "You can make pages, forms and offers, and see every lead.",
    "sales": "You can see and call every lead.",
    "recruiter": "You can see the people who apply for a job.",
    "viewer": "You can look at everything and change nothing.",
    "password_changed": "Your password was changed",
    "factor_on": "Signing in asks for a code from now on",
    "factor_off": "Signing in asks for no code any more",
    "recovery_used": "A recovery code was used to sign in",
}


def origin(host: str = "", seen: str = "") -> str:
    """Where links of mails lead: PUBLIC_URL, else the caller's address if its host is one of our sites'.

    Any other host that a caller names would send the reader, with the link, to a stranger.
    """
    settings = current_app.config["SETTINGS"]
    is_ours = bool(host) and current_app.extensions["capture.doors"].is_ours(host)
    return settings.public_url or (seen if is_ours else f"http://{settings.host}:{settings.port}")


def invitation(email: str, role: str, locale: str, *, by: str, link: str, until: datetime) -> Written:
    with speaking(locale):
        brand = _brand()
        words = {"brand": brand, "by": by}
        return Written(
            kind="invitation", recipient=email, locale=locale, blank_at=until,
            subject=_("%(by)s invites you to %(brand)s", **words),
            title=_("%(by)s would like to work with you", **words),
            paragraphs=(
                _("Here the leads of %(brand)s come in: pages, forms, and everybody who answers.", brand=brand),
                _(WORDS[role]),
            ),
            button=(_("Accept the invitation"), link),
            notes=(_("The link works once, until %(time)s.", time=_moment(until)),),
        )  # fmt: skip


def reset(email: str, locale: str, *, link: str, until: datetime) -> Written:
    with speaking(locale):
        return Written(
            kind="reset", recipient=email, locale=locale, blank_at=until,
            subject=_("A new password for %(brand)s", brand=_brand()),
            title=_("Choose a new password"),
            paragraphs=(_("Somebody, most likely you, asked for a new password for this address."),),
            button=(_("Choose a new password"), link),
            notes=(
                _("The link works once, until %(time)s.", time=_moment(until)),
                _("If it was not you, do nothing: your password stays as it is."),
            ),
        )  # fmt: skip


def news(kind: str, email: str, locale: str, *, at: datetime) -> Written:
    """Something about the account changed; its owner is told, whoever did it."""
    with speaking(locale):
        return Written(
            kind=kind, recipient=email, locale=locale, subject=f"{_(WORDS[kind])} · {_brand()}", title=_(WORDS[kind]),
            paragraphs=(
                _("It happened %(time)s.", time=_moment(at)),
                _("If it was you, there is nothing to do. If not, choose a new password at once and tell an admin."),
            ),
        )  # fmt: skip


def _brand() -> str:
    return " ".join(str(current_app.extensions["capture.doors"].brand()).split())


def _moment(at: datetime) -> str:
    return texts.moment(at, spoken(), current_app.extensions["capture.doors"].zone())
