"""Saving from a console form: the errors by path where it was refused, or nothing where it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from capture.accounts.guards import current_user
from capture.core.db import db
from capture.core.errors import Conflict, Invalid
from capture.core.speech import _
from capture.sites.change import Overtaken, item_of, put, section_of, state_of
from capture.sites.here import console_site

Errors = Mapping[str, Sequence[str]]
OVERTAKEN = "_was"


def kept_item(section: str, key: str = "") -> Any:
    """The item as the site file would have it now, or the whole document; None where there is none."""
    found = section_of(section)
    read, site_id = db.session.connection(), console_site().id
    return item_of(read, found, site_id, key) if found.is_list else found.export(read, site_id)


def state(item: Any) -> str:
    """What the form sends along, so that two people do not overwrite each other unawares."""
    return state_of(item)


def saved(section: str, item: Mapping[str, Any], *, is_new: bool = False) -> Errors:
    """Put what was posted; `{OVERTAKEN: …}` where somebody else was first."""
    found, was = section_of(section), request.form.get("_was")
    try:
        put(
            found,
            item,
            site_id=console_site().id,
            actor=current_user().email,
            is_new=is_new,
            was=None if is_new else was or "",
        )
    except Invalid as refusal:
        return refusal.errors or {"": [refusal.message]}
    except Overtaken as refusal:
        return {OVERTAKEN: [_(refusal.message)]}
    except Conflict:
        return {found.key: [_("This name is taken. Please choose another.")]}
    return {}
