"""What privacy shows on a lead's page: the consents that hold, with the words that were shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from capture.core.db import db
from capture.privacy.consent import consents_of


def load(lead_id: str) -> Mapping[str, Any]:
    return {"consents": [{**one, "source": ""} for one in consents_of(db.session.connection(), lead_id)]}
