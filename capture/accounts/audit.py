"""The audit log: an entry in the transaction of what was done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from capture.accounts.models import AuditEntry
from capture.core.ids import new_id


def note(write: Connection, actor: str, action: str, *, subject: str, at: datetime, details: Mapping[str, Any]) -> None:
    """`actor` is a user's email or `operator`; `action` a dotted name such as `deliveries.replay`."""
    row = {"id": new_id(), "at": at, "actor": actor, "action": action, "subject": subject[:255]}
    write.execute(insert(AuditEntry).values(**row, details=dict(details)))
