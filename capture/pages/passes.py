"""The word that somebody knew the password of a page: signed, for twelve hours, for as long as the password stays."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from capture.core.signing import opened, signed
from capture.pages.queries import PageNow

PURPOSE = "page"
LIFETIME = timedelta(hours=12)


def new_pass(page: PageNow, at: datetime) -> str:
    return signed(PURPOSE, _subject(page), at=at)


def is_pass(page: PageNow, token: str | None, at: datetime) -> bool:
    """Whether it opens this page now."""
    return bool(token) and opened(PURPOSE, str(token), now=at, lifetime=LIFETIME) == _subject(page)


def _subject(page: PageNow) -> str:
    """The page under this password: another one makes every pass worthless."""
    digest = hashlib.sha256(str(page.password_hash).encode()).hexdigest()
    return f"{page.id}.{digest[:24]}"
