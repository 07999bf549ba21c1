"""Who else has a page open in the editor, and at which block."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from capture.accounts.models import User
from capture.core.db import db
from capture.pages.models import PagePresence

HERE_SECONDS = timedelta(seconds=20)


def note_presence(write: Connection, page_id: str, user_id: str, block: str | None, at: datetime) -> None:
    """This person is at this block now; whoever was not heard of for a while has gone."""
    gone = PagePresence.seen_at < at - HERE_SECONDS
    mine = (PagePresence.page_id == page_id) & (PagePresence.user_id == user_id)
    write.execute(delete(PagePresence).where(gone | mine))
    row = {"page_id": page_id, "user_id": user_id, "block": (block or "")[:16] or None, "seen_at": at}
    write.execute(insert(PagePresence).values(**row))


def others_at(page_id: str, user_id: str, at: datetime) -> list[dict[str, Any]]:
    """The others, by name."""
    rows = select(User.name, User.email, PagePresence.block).join(User, User.id == PagePresence.user_id)
    here = rows.where(
        PagePresence.page_id == page_id, PagePresence.user_id != user_id, PagePresence.seen_at >= at - HERE_SECONDS
    )
    return [
        {"name": row.name or row.email, "initials": _initials(row.name or row.email), "block": row.block}
        for row in db.session.execute(here.order_by(User.name))
    ]


def _initials(name: str) -> str:
    return "".join(word[:1] for word in name.split()[-2:]).upper()
