"""The machines' door of sites: every section of the site file, each item with an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from pydantic import BaseModel, Field, create_model
from sqlalchemy import Connection, select

from capture.accounts.guards import current_token, scoped
from capture.api.answers import answer, tag_of, tagged
from capture.api.bodies import json_object, query_of
from capture.api.described import Told, described, list_of
from capture.api.paging import Paging, cursor_of, piece, place_of
from capture.core.db import db
from capture.core.doors import Doors
from capture.core.errors import Invalid, NotFound, Stale
from capture.sites import change
from capture.sites.export import plain
from capture.sites.models import Site
from capture.sites.section import Section

door = Blueprint("sites", __name__)

# The `site:` of a file: under this word its address says what it is.
SETTINGS = "settings"
Route = tuple[str, str, Callable[..., Response]]


class SiteAnswer(BaseModel):
    """A site, and where its parts are."""

    slug: str
    name: str
    locale: str
    timezone: str
    hosts: list[str]
    parts: dict[str, str] = Field(description="The address of each part: `forms`, `pages` and so on.")


def install(doors: Doors) -> None:
    doors.api.register_blueprint(door)
    doors.api.record(lambda state: _open(state, doors.sections))


@door.get("/sites")
@scoped("config:read")
@described(Told("List the sites", tag="sites", answers={200: list_of("Sites", SiteAnswer)}, query=Paging))
def index() -> Response:
    slugs = db.session.execute(select(Site.slug).order_by(Site.slug)).scalars().all()
    return _piece(slugs, _shown)


@door.get("/sites/<site>")
@scoped("config:read")
@described(Told("Read a site", tag="sites", answers={200: SiteAnswer}))
def show(site: str) -> Response:
    return answer(_shown(site))


def _open(state: BlueprintSetupState, sections: Iterable[Section]) -> None:
    """Routes for every section that a room has brought; this runs when all of them have."""
    for section in sorted(sections, key=lambda one: one.position):
        name = SETTINGS if section.position == 0 else section.name
        routes = _list_routes(section, name) if section.is_list else _document_routes(section, name)
        for rule, method, view in routes:
            state.add_url_rule(rule, f"{name}_{view.__name__}", view, methods=[method])


def _list_routes(section: Section, name: str) -> list[Route]:
    """A section that is a list: the list, and one address for each item."""
    many, item, one = f"/sites/<site>/{name}", section.item_shape, name.removesuffix("s")
    body = _keyless(section, f"{name.title()}Item")
    preconditions = ("If-Match", "If-None-Match")

    @scoped("config:read")
    @described(Told(f"List the {name}", tag=name, query=Paging, answers={200: list_of(name.title(), item)}))
    def index(site: str) -> Response:
        items = {one[section.key]: one for one in section.export(_read(), _site_id(site)) or ()}
        return _piece(sorted(items), lambda key: plain(items[key]))

    @scoped("config:read")
    @described(Told(f"Read one of the {name}", tag=name, answers={200: item}))
    def read(site: str, key: str) -> Response:
        return tagged(_item(section, _site_id(site), key))

    @scoped("config:write")
    @described(
        Told(
            f"Create or replace one of the {name}",
            text=f"`{section.key}` may be left out: the address says it. What is left out is at its default.",
            tag=name,
            body=body,
            example=section.example,
            answers={200: item, 201: item},
            headers=preconditions,
            refusals=(412,),
        )
    )
    def put(site: str, key: str) -> Response:
        site_id, asked = _site_id(site), Precondition()
        change.put(section, _named(section, key), site_id=site_id, actor=current_token().actor, check=asked)
        return asked.answer(_item(section, site_id, key))

    @scoped("config:write")
    @described(Told(f"Retire a {one}", tag=name, answers={204: None}, headers=("If-Match",), refusals=(409, 412)))
    def delete(site: str, key: str) -> Response:
        change.retire(section, key, site_id=_site_id(site), actor=current_token().actor, check=Precondition())
        return Response(status=204, headers={"Cache-Control": "no-store"})

    return [
        (many, "GET", index),
        (f"{many}/<key>", "GET", read),
        (f"{many}/<key>", "PUT", put),
        (f"{many}/<key>", "DELETE", delete),
    ]


def _document_routes(section: Section, name: str) -> list[Route]:
    """A section that is one document. The site itself begins with its settings."""
    rule, is_site = f"/sites/<site>/{name}", section.position == 0
    body = _keyless(section, f"{name.title()}Document") if is_site else section.shape
    answers = {200: section.shape, 201: section.shape} if is_site else {200: section.shape}

    @scoped("config:read")
    @described(Told(f"Read the {name}", tag=name, answers={200: section.shape}))
    def read(site: str) -> Response:
        return tagged(_document(section, _site_id(site)))

    @scoped("config:write")
    @described(
        Told(
            f"Replace the {name}",
            text="A slug that no site has yet makes a new site." if is_site else "",
            tag=name,
            body=body,
            example=section.example,
            answers=answers,
            headers=("If-Match", "If-None-Match"),
            refusals=(412,),
        )
    )
    def put(site: str) -> Response:
        site_id, asked = _known_id(site) if is_site else _site_id(site), Precondition()
        item = _named(section, site) if is_site else json_object()
        change.put(section, item, site_id=site_id or "", actor=current_token().actor, check=asked)
        document = _document(section, _site_id(site))
        return asked.answer(document) if is_site else tagged(document)

    return [(rule, "GET", read), (rule, "PUT", put)]


class Precondition:
    """What the request says about the item as it is: nothing, its ETag, or that there must be none."""

    def __init__(self) -> None:
        self.was_there = False

    def __call__(self, before: Any) -> None:
        """Raises Stale, within the transaction that would write."""
        self.was_there = before is not None
        tag = tag_of(plain(before)) if before is not None else None
        if request.if_match and (tag is None or not request.if_match.contains(tag.strip('"'))):
            raise Stale("It has changed since you read it: read it again.")
        if request.if_none_match and tag is not None and request.if_none_match.contains(tag.strip('"')):
            raise Stale("There is one already.")

    def answer(self, value: Any) -> Response:
        made = tagged(value, 200 if self.was_there else 201)
        if not self.was_there:
            made.headers["Location"] = request.path
        return made


def _keyless(section: Section, name: str) -> type[BaseModel]:
    """The item's shape, whose key may be left out where the address has it."""
    shape: type[BaseModel] = section.item_shape
    annotation: Any = shape.model_fields[section.key].rebuild_annotation()
    keyless: dict[str, Any] = {section.key: (annotation, Field(default_factory=str))}
    return create_model(name, __base__=shape, **keyless)


def _named(section: Section, key: str) -> dict[str, Any]:
    """The body, under the key of its address."""
    item = json_object()
    if item.setdefault(section.key, key) != key:
        raise Invalid(errors={section.key: [f"the address says `{key[:64]}`"]})
    return item


def _item(section: Section, site_id: str, key: str) -> Any:
    found = change.item_of(_read(), section, site_id, key)
    if found is None:
        raise NotFound("There is nothing of that name.")
    return plain(found)


def _document(section: Section, site_id: str) -> Any:
    """The document; where nothing was said, what saying nothing would be."""
    return plain(section.export(_read(), site_id)) or {}


def _piece(keys: Iterable[str], shown: Callable[[str], Any]) -> Response:
    asked = query_of(Paging)
    begin = place_of(asked.after, 1)[0] if asked.after else ""
    rest = [key for key in keys if key > begin][: asked.limit + 1]
    now, more = rest[: asked.limit], len(rest) > asked.limit
    return piece([shown(key) for key in now], after=cursor_of(now[-1]) if more else None)


def _shown(slug: str) -> dict[str, Any]:
    site_id = _site_id(slug)
    sections: list[Section] = current_app.extensions["capture.doors"].sections
    site = next(one for one in sections if one.position == 0).export(_read(), site_id)
    told = {name: site[name] for name in ("slug", "name", "locale", "timezone", "hosts")}
    names = [SETTINGS if one.position == 0 else one.name for one in sorted(sections, key=lambda one: one.position)]
    return {**told, "parts": {name: f"/api/v1/sites/{slug}/{name}" for name in names}}


def _site_id(slug: str) -> str:
    found = _known_id(slug)
    if found is None:
        raise NotFound("There is no such site.")
    return found


def _known_id(slug: str) -> str | None:
    if not slug.isprintable():  # PostgreSQL compares no text that has a NUL
        return None
    return db.session.execute(select(Site.id).where(Site.slug == slug)).scalar()


def _read() -> Connection:
    return db.session.connection()
