"""Put a mail into the outbox, in the transaction of its fact; claim it, and write down what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, render_template
from sqlalchemy import ColumnElement, Connection, insert, or_, select, update

from capture.core.clock import now
from capture.core.ids import new_id
from capture.core.mail import NotTaken, refuse_line_breaks
from capture.core.speech import _, speaking
from capture.core.transactions import transaction
from capture.mailing.models import Mail
from capture.mailing.retries import after_failure

CLAIM_SECONDS = 60


@dataclass(frozen=True)
class Written:
    """What a mail says: a subject, a title, paragraphs, one button at most, and small words below it."""

    kind: str
    recipient: str
    locale: str
    subject: str
    title: str
    paragraphs: tuple[str, ...]
    button: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    blank_at: datetime | None = None


def queue(write: Connection, mail: Written, *, at: datetime) -> str:
    """The mail's id. Without a mail server it is kept, for the console's mailbox."""
    for value in (mail.recipient, mail.subject):
        refuse_line_breaks(value)
    has_server = current_app.config["SETTINGS"].smtp_url is not None
    state = {"state": "waiting", "settled_at": None} if has_server else {"state": "kept", "settled_at": at}
    mail_id = new_id()
    row = {"id": mail_id, "recipient": mail.recipient, "subject": mail.subject[:255], "kind": mail.kind, **state}
    times = {"attempts": 0, "due_at": at, "created_at": at, "blank_at": mail.blank_at}
    write.execute(insert(Mail).values(**row, **times, **_parts(mail)))
    return mail_id


def has_due(read: Connection, at: datetime) -> bool:
    return read.execute(select(Mail.id).where(_is_due(at)).limit(1)).first() is not None


def claim_one(write: Connection, at: datetime) -> Any:
    """The oldest mail that is due, ours for a minute; None when there is none."""
    due = _is_due(at)
    oldest = select(Mail.id).where(due).order_by(Mail.due_at, Mail.id).limit(1).with_for_update(skip_locked=True)
    mail_id = write.execute(oldest).scalar()
    if mail_id is None:
        return None
    claim = {"claim": new_id(), "claimed_until": at + timedelta(seconds=CLAIM_SECONDS)}
    taken = update(Mail).where(Mail.id == mail_id, due).values(**claim)
    return write.execute(taken.returning(*Mail.__table__.columns)).first()


def record(write: Connection, mail: Any, failure: NotTaken | None, *, at: datetime) -> bool:
    """Write down what came of it; False when the claim had lapsed and somebody else took over."""
    attempts = mail.attempts + 1
    values: dict[str, Any] = {"state": "sent", "why": None, "settled_at": at}
    if failure is not None:
        outlook = after_failure(attempts, is_permanent=failure.is_permanent, now=at)
        settled_at = at if outlook.state == "failed" else None
        values = {"state": outlook.state, "why": failure.detail[:255], "settled_at": settled_at}
        values["due_at"] = outlook.due_at or at
    mine = update(Mail).where(Mail.id == mail.id, Mail.claim == mail.claim)
    return bool(write.execute(mine.values(**values, attempts=attempts, claim=None, claimed_until=None)).rowcount)


def blank_expired() -> None:
    """A one-time link that is over is no secret, but has no reason to lie about either."""
    over = update(Mail).where(Mail.blank_at <= now(), Mail.state != "waiting")
    with transaction() as write:
        write.execute(over.values(text="", html="", blank_at=None))


def _is_due(at: datetime) -> ColumnElement[bool]:
    free = or_(Mail.claimed_until.is_(None), Mail.claimed_until <= at)
    return (Mail.state == "waiting") & (Mail.due_at <= at) & free


def _parts(mail: Written) -> dict[str, str]:
    with speaking(mail.locale):
        brand = current_app.extensions["capture.doors"].brand()
        footer = _("You get this mail because you work with %(brand)s. Nobody reads answers to it.", brand=brand)
        context = {"mail": mail, "brand": brand, "footer": footer}
        text, html = (render_template(f"mailing/letter.{kind}", **context) for kind in ("txt", "html"))
    return {"text": text, "html": html}
