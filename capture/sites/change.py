"""Change one thing of a site from the console or the API: the same shapes and the same writing as the site file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import current_app
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, select

from capture.core.errors import Conflict, Invalid, NotFound
from capture.core.json import dumps
from capture.core.transactions import again_if_raced, transaction
from capture.sites import revision
from capture.sites.apply import HIDDEN, new_work
from capture.sites.export import plain
from capture.sites.models import Site
from capture.sites.refusals import errors_by_path, problems_in
from capture.sites.section import Section, Work
from capture.sites.trail import note_change

# Raises where the item as it is must not be changed.
Check = Callable[[Any], None]


class Overtaken(Conflict):
    """Somebody else changed the same thing since it was read."""


def section_of(name: str) -> Section:
    """The section of that name; raises NotFound."""
    sections: Sequence[Section] = current_app.extensions["capture.doors"].sections
    found = next((one for one in sections if one.name == name), None)
    if found is None:
        raise NotFound("There is no such part of a site.")
    return found


def item_of(read: Connection, section: Section, site_id: str, key: str) -> dict[str, Any] | None:
    """One item as the site file would have it, or None."""
    items = section.export(read, site_id) or ()
    return next((dict(one) for one in items if one[section.key] == key), None)


def state_of(item: Any) -> str:
    """A mark of what an item is now: who edits sends it along, and learns when it is no longer so."""
    return hashlib.sha256(dumps(plain(item))).hexdigest()[:16]


@again_if_raced
def put(
    section: Section,
    item: Mapping[str, Any],
    *,
    site_id: str,
    actor: str,
    is_new: bool = False,
    check: Check | None = None,
    was: str | None = None,
) -> list[str]:
    """Apply one item, or the whole of a section that is one document. Returns what changed.

    `check` is given the item as it is, before anything is written. Raises Invalid with messages by path
    (`fields.0.name`), Conflict where a new item's name is taken, and Overtaken where `was` is given and is not the
    item's state any more. Without a `site_id` the site is a new one.
    """
    _refuse_hidden(item)
    shape = _shaped(section, item)
    value = [shape] if section.is_list else shape
    prepared = {section.name: section.prepare(None, site_id, value)} if section.prepare else {}
    with transaction() as write:
        work = new_work(write, folder=None, site_id=site_id, actor=actor, prepared=prepared)
        before = _before(write, section, site_id, item)
        if is_new and before is not None:
            raise Conflict(f"There is a `{item[section.key]}` already.")
        if was is not None and was != state_of(before):
            raise Overtaken("Somebody else has changed this since you opened it.")
        if check is not None:
            check(before)
        section.apply(work, value)
        _begin_site(work, site_id)
        _refuse_problems(work, section)
        if work.changes:
            revision.move(write)
            after = _before(write, section, work.site_id, item)
            note_change(work, section.name, str(item.get(section.key, section.name)), plain(before), plain(after))
    return work.changes


@again_if_raced
def begin_site(item: Mapping[str, Any], *, actor: str) -> str:
    """A new site with the sections that every site has; returns its id. Raises Invalid and Conflict like `put`."""
    section = section_of("site")
    shape = _shaped(section, item)
    with transaction() as write:
        if write.execute(select(Site.id).where(Site.slug == shape.slug)).scalar() is not None:
            raise Conflict(f"There is a `{shape.slug}` already.")
        work = new_work(write, folder=None, actor=actor)
        section.apply(work, shape)
        _refuse_problems(work, section)
        for other in current_app.extensions["capture.doors"].sections:
            if other.always:
                other.apply(work, None)
        revision.move(write)
        note_change(work, section.name, str(shape.slug), None, plain(section.export(write, work.site_id)))
    return work.site_id


@again_if_raced
def retire(section: Section, key: str, *, site_id: str, actor: str, check: Check | None = None) -> None:
    """End one item; raises NotFound, or Conflict saying what still needs it. `check` as for `put`."""
    with transaction() as write:
        work = new_work(write, folder=None, site_id=site_id, actor=actor)
        before = item_of(write, section, site_id, key)
        if before is None or section.retire is None:
            raise NotFound("There is nothing of that name.")
        if check is not None:
            check(before)
        if not section.retire(work, key):
            raise Conflict("; ".join(one.text for one in work.problems))
        revision.move(write)
        note_change(work, section.name, key, plain(before), None)


def site_slug(read: Connection, site_id: str) -> str:
    return str(read.execute(select(Site.slug).where(Site.id == site_id)).scalar())


def _refuse_hidden(item: Mapping[str, Any]) -> None:
    """Characters that cannot be stored or seen; the file's reader refuses them too."""
    waiting: list[tuple[str, Any]] = [("", item)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(f"{path}.{name}".lstrip("."), one) for name, one in value.items()]
            waiting += [(path, str(name)) for name in value]
        elif isinstance(value, list):
            waiting += [(f"{path}.{number}".lstrip("."), one) for number, one in enumerate(value)]
        elif isinstance(value, str) and HIDDEN.search(value):
            raise Invalid(errors={HIDDEN.sub("?", path): ["there is a character that cannot be stored"]})


def _begin_site(work: Work, site_id: str) -> None:
    """A new site gets what every site has; one that is known keeps its slug, by which all else finds it."""
    if not site_id:
        for section in current_app.extensions["capture.doors"].sections:
            if section.always and not work.problems:
                section.apply(work, None)
    elif work.site_id != site_id:
        raise Invalid(errors={"slug": ["a site keeps its slug"]})


def _shaped(section: Section, item: Mapping[str, Any]) -> Any:
    try:
        return TypeAdapter(section.item_shape).validate_python(dict(item))
    except ValidationError as error:
        raise Invalid(errors=errors_by_path(problems_in(error, dict(item), section.item_shape))) from error


def _refuse_problems(work: Work, section: Section) -> None:
    """A section says where in the file; here the file is one item, so its own name and number fall away."""
    if work.problems:
        steps = 2 if section.is_list else 1
        found = [type(one)(one.path[steps:], one.text) for one in work.problems]
        raise Invalid(errors=errors_by_path(found))


def _before(write: Connection, section: Section, site_id: str, item: Mapping[str, Any]) -> Any:
    if not section.is_list:
        return section.export(write, site_id)
    return item_of(write, section, site_id, str(item.get(section.key, "")))
