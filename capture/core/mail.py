"""Hand one mail to the mail server: bounded in time, never inside a transaction, with no header but ours."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import certifi

STEP_SECONDS = 5.0
# Who is on this machine reads our mails anyway; to anybody else they go encrypted.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_LINE_BREAKING = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

# The database puts its own check here: a server that takes its time has no place inside a transaction.
before_send: Callable[[], None] | None = None


@dataclass(frozen=True)
class Letter:
    """A mail as it leaves: one recipient, the same words as plain text and as HTML."""

    id: str
    sender: str
    recipient: str
    subject: str
    text: str
    html: str
    at: datetime


@dataclass(frozen=True)
class NotTaken:
    """Why the server did not take a mail; `is_permanent` when asking again is no use."""

    name: str
    is_permanent: bool
    detail: str


def send(url: str, letter: Letter) -> NotTaken | None:
    """Hand it over to `smtp://user:password@host:587` (STARTTLS) or `smtps://…`; None when it was taken."""
    if before_send is not None:
        before_send()
    message = message_of(letter)
    try:
        with closing(_connected(urlsplit(url))) as server:
            server.send_message(message, from_addr=letter.sender, to_addrs=[letter.recipient])
            server.quit()
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[letter.recipient]
        return NotTaken("refused", code >= 500, _said(code, said))
    except smtplib.SMTPResponseException as error:
        # A wrong password is mended by the operator, and the mail is then still wanted.
        is_final = error.smtp_code >= 500 and not isinstance(error, smtplib.SMTPAuthenticationError)
        return NotTaken("refused", is_final, _said(error.smtp_code, error.smtp_error))
    except TimeoutError:
        return NotTaken("timed_out", False, "the mail server did not answer in time")
    except (OSError, smtplib.SMTPException) as error:
        return NotTaken("not_reached", False, (getattr(error, "strerror", None) or str(error))[:200])
    return None


def message_of(letter: Letter) -> EmailMessage:
    """The message on the wire. Raises ValueError for a header that would be two."""
    for value in (letter.sender, letter.recipient, letter.subject):
        refuse_line_breaks(value)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = letter.sender, letter.recipient, letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{letter.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def refuse_line_breaks(value: str) -> None:
    """Our own look, before the library's (CVE-2024-6923, CVE-2026-1299)."""
    if _LINE_BREAKING.search(value):
        raise ValueError("A line break has no place in the header of a mail.")


def _connected(parts: SplitResult) -> smtplib.SMTP:
    host = parts.hostname or ""
    if parts.scheme == "smtps":
        return _signed_in(smtplib.SMTP_SSL(host, parts.port or 465, timeout=STEP_SECONDS, context=_tls()), parts)
    server = smtplib.SMTP(host, parts.port or 587, timeout=STEP_SECONDS)
    try:
        _encrypt(server, host, may_be_plain="never" in parse_qs(parts.query).get("starttls", ()))
        return _signed_in(server, parts)
    except BaseException:
        server.close()
        raise


def _encrypt(server: smtplib.SMTP, host: str, *, may_be_plain: bool) -> None:
    """STARTTLS; that a server does not offer it may be an attack, so then nothing is sent."""
    server.ehlo()
    if server.has_extn("starttls") and not may_be_plain:
        server.starttls(context=_tls())
        server.ehlo()
    elif host not in LOOPBACK and not may_be_plain:
        raise smtplib.SMTPException("the mail server offers no encryption (STARTTLS)")


def _signed_in(server: smtplib.SMTP, parts: SplitResult) -> smtplib.SMTP:
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"[:200]
