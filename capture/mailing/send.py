"""The worker's errand: send what is due, beside the deliveries, so that a slow mail server holds nothing up."""

from __future__ import annotations

import logging
import threading
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError

from capture.core import mail
from capture.core.clock import now
from capture.core.db import db
from capture.core.errors import Busy
from capture.core.transactions import transaction
from capture.mailing import outbox
from capture.settings import Settings

EXTENSION = "capture.mailing.sending"

log = logging.getLogger("capture.mailing")


def send_due() -> None:
    """Begin to send, unless that is going on already."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    under_way = app.extensions.setdefault(EXTENSION, threading.Lock())
    if app.config["SETTINGS"].smtp_url is not None and under_way.acquire(blocking=False):
        threading.Thread(target=_run, args=(app, under_way), name="mail", daemon=True).start()


def send_all() -> int:
    """Send everything that is due now, and wait for it; how many were tried."""
    settings: Settings = current_app.config["SETTINGS"]
    tried = 0
    while settings.smtp_url is not None and (claimed := _claimed()) is not None:
        _send(settings, claimed)
        tried += 1
    return tried


def sender_of(settings: Settings) -> str:
    """Whom mails are from: MAIL_FROM, else the user of the mail server, else ours at the public host."""
    user = unquote(urlsplit(settings.smtp_url or "").username or "")
    host = urlsplit(settings.public_url or "").hostname or "localhost"
    return settings.mail_from or (user if "@" in user else f"capture@{host}")


def _run(app: Flask, under_way: threading.Lock) -> None:
    try:
        with app.app_context():
            send_all()
    except (Busy, DBAPIError) as error:
        log.warning("mails have to wait: %s", type(error).__name__)
    except Exception:
        log.exception("mails have to wait")
    finally:
        under_way.release()


def _claimed() -> Any:
    """Looked for by a reader first: the writer's turn is for those who have something to write."""
    with db.engine.connect() as read:
        if not outbox.has_due(read, now()):
            return None
    with transaction() as write:
        return outbox.claim_one(write, now())


def _send(settings: Settings, claimed: Any) -> None:
    words = {"subject": claimed.subject, "text": claimed.text, "html": claimed.html}
    to = {"sender": sender_of(settings), "recipient": claimed.recipient}
    failure = mail.send(str(settings.smtp_url), mail.Letter(claimed.id, **to, **words, at=claimed.created_at))
    with transaction() as write:
        kept = outbox.record(write, claimed, failure, at=now())
    said = failure.detail if failure else "sent"
    log.info("mail %s (%s): %s%s", claimed.id, claimed.kind, said, "" if kept else " (claim had lapsed)")
