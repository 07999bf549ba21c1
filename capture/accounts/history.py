"""The history of signing in: every attempt at an account, and the browser that it came from, in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import request
from sqlalchemy import Connection, delete, insert, or_, select

from capture.accounts.models import SignInEvent
from capture.core.db import db
from capture.core.ids import new_id

KEPT, KEPT_OF_NOBODY = timedelta(days=180), timedelta(days=2)
SHOWN = 30
# The first that fits: Edge and Opera call themselves Chrome too, and Chrome calls itself Safari.
BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("coc_coc", "Cốc Cốc"), ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"), ("python", "Python"), ("Werkzeug", "Python"),
)  # fmt: skip
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def note_sign_in(write: Connection, user_id: str | None, *, how: str, outcome: str, at: datetime) -> None:
    """`how`: password, link, code, recovery, issuer or reset; `outcome`: ok, wrong, code_due, limited or disabled."""
    client = request.client  # type: ignore[attr-defined]
    row = {"id": new_id(), "at": at, "user_id": user_id, "how": how, "outcome": outcome, "address": client}
    write.execute(insert(SignInEvent).values(**row, agent=request.user_agent.string[:255]))


def events_of(user_id: str, most: int = SHOWN) -> Sequence[SignInEvent]:
    rows = select(SignInEvent).where(SignInEvent.user_id == user_id).order_by(SignInEvent.id.desc()).limit(most)
    return db.session.execute(rows).scalars().all()


def sweep(write: Connection, at: datetime) -> None:
    old = SignInEvent.at <= at - KEPT
    nobodys = SignInEvent.user_id.is_(None) & (SignInEvent.at <= at - KEPT_OF_NOBODY)
    write.execute(delete(SignInEvent).where(or_(old, nobodys)))


def browser_of(agent: str | None) -> str:
    """`Chrome, Windows`; empty when it does not say."""
    text = agent or ""
    words = (next((name for mark, name in table if mark in text), "") for table in (BROWSERS, SYSTEMS))
    return ", ".join(word for word in words if word)


def is_phone(agent: str | None) -> bool:
    return bool(re.search(r"iPhone|Android.*Mobile", agent or ""))
