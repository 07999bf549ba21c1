"""What a change did to a site, item by item, for the audit log: how each was beside how it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from capture.accounts.audit import note
from capture.sites.export import plain
from capture.sites.section import Section, Work

# By the name of its section and its own; a section that is one document has one item of the section's name.
Items = Mapping[tuple[str, str], Any]


def items_of(read: Connection, site_id: str, sections: Sequence[Section]) -> Items:
    """Everything that the site file would say; nothing where there is no site yet."""
    found: dict[tuple[str, str], Any] = {}
    for section in sections if site_id else ():
        value = section.export(read, site_id)
        named = {one[section.key]: one for one in value or ()} if section.is_list else {section.name: value}
        found |= {(section.name, str(key)): plain(one) for key, one in named.items() if one}
    return found


def note_changes(work: Work, sections: Sequence[Section], before: Items) -> None:
    """An entry for each item that is not what it was, in the transaction that changed it."""
    after = items_of(work.write, work.site_id, sections)
    for place in dict.fromkeys([*before, *after]):
        if before.get(place) != after.get(place):
            note_change(work, *place, before.get(place), after.get(place))


def note_change(work: Work, section: str, key: str, before: Any, after: Any) -> None:
    """`before` or `after` is None where there was nothing, or is nothing any more."""
    details = {"before": before, "after": after}
    note(work.write, work.actor, f"{section}.change", subject=key, at=work.now, details=details)
