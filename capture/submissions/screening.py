"""Is it a robot? The first layer: a verdict with reasons, over plain values. Nothing is refused here, only held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LINK = re.compile(r"https?://|www\.\S+\.\S", re.IGNORECASE)
# Somebody who fills in a form was brought there by our page; a browser says so unless it is old or private.
OWN_REQUESTS = frozenset({"same-origin", "same-site", "none"})


@dataclass(frozen=True)
class Evidence:
    """What the verdict is about. `fetch_site` is None where the site itself named the sender."""

    trap: str
    name: str | None
    fetch_site: str | None


@dataclass(frozen=True)
class Verdict:
    """Held when there is a reason; the reasons are stored and shown to marketers."""

    reasons: tuple[Mapping[str, Any], ...] = ()

    @property
    def is_held(self) -> bool:
        return bool(self.reasons)


def screen(evidence: Evidence) -> Verdict:
    """The verdict on one arrival."""
    found = []
    if evidence.trap.strip():
        found.append({"check": "honeypot", "why": "filled in a field that people do not see"})
    if evidence.name and LINK.search(evidence.name):
        found.append({"check": "link_in_name", "why": "there is a link in the name"})
    if evidence.fetch_site and evidence.fetch_site not in OWN_REQUESTS:
        found.append({"check": "fetch_metadata", "why": "sent by a page of somebody else"})
    return Verdict(tuple(found))
