"""The console's mailbox: what the product wrote, and what became of it."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, url_for
from sqlalchemy import func, select

from capture.accounts.guards import allowed
from capture.console.lists import ROWS, page_number, page_of
from capture.console.shell import screen
from capture.core.db import db
from capture.core.errors import NotFound
from capture.core.speech import _
from capture.mailing.models import Mail
from capture.team.words import word

# A mail is other people's markup: no script, no form, no fetch, and an origin of its own.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"

door = Blueprint("mailbox", __name__, url_prefix="/mailbox")


@door.get("")
@allowed("mailbox.see")
def index() -> Response:
    total = db.session.execute(select(func.count()).select_from(Mail)).scalar_one()
    rows = select(Mail).order_by(Mail.id.desc()).offset((page_number() - 1) * ROWS).limit(ROWS)
    found = db.session.execute(rows).scalars()
    return screen("team/mailbox.html", mails=[_row(one) for one in found], page=page_of(total))


@door.get("/<mail_id>")
@allowed("mailbox.see")
def show(mail_id: str) -> Response:
    mail = _found(mail_id)
    link = re.search(r"https?://\S+/console/\S+", mail.text)
    body_href = url_for(".body", mail_id=mail.id) if mail.html else None
    shown_link = link[0] if link else ""
    return screen("team/mail.html", mail=_row(mail), text=mail.text, body_href=body_href, link=shown_link)


@door.get("/<mail_id>/body")
@allowed("mailbox.see")
def body(mail_id: str) -> Response:
    """The HTML part, for the frame on its page."""
    return Response(_found(mail_id).html, headers={"Content-Security-Policy": MAIL_POLICY})


def _found(mail_id: str) -> Mail:
    found = db.session.get(Mail, mail_id)
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def _row(mail: Mail) -> dict[str, Any]:
    return {
        "href": url_for("console.mailbox.show", mail_id=mail.id),
        "recipient": mail.recipient,
        "subject": mail.subject,
        "kind": _(word("mail", mail.kind)),
        "state": mail.state,
        "attempts": mail.attempts,
        "why": mail.why or "",
        "due_at": mail.due_at if mail.state == "waiting" and mail.attempts else None,
        "at": mail.settled_at or mail.created_at,
    }
