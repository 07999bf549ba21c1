"""The product as a test sees it: its application, its doors, and what is stored."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import DeclarativeBase

from capture import create_app
from capture.accounts import sessions
from capture.accounts.commands import create_user
from capture.accounts.tokens import new_token
from capture.core.clock import now
from capture.core.db import Base, db
from capture.core.migrations import upgrade
from capture.core.transactions import transaction
from capture.pages.experiments.expose import waiting_in
from capture.sites import change, revision
from capture.sites.apply import apply_file
from capture.sites.models import Site
from capture.tracking.unscripted import requests_of

# What a screen shows and what a file is refused for is the same on every database; what is stored is tested on both.
SCREENS_ONLY = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
KEY = "a key for tests that is long enough to be one"
PEOPLE = {
    "name": "Nguyễn An",
    "email": "an@example.com",
    "phone": "0912 345 678",
    "company": "Quán An",
}


class Browser(FlaskClient):
    """A client whose requests see nothing of the test's own application context, as in real life."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **kwargs)


@dataclass
class Product:
    app: Flask
    kept: dict[Path, dict[Table, list[dict[str, Any]]]] = field(default_factory=dict)

    @classmethod
    def made(cls, folder: Path, url: str, **environment: str) -> Product:
        """A migrated product with its own folder and database."""
        own = {"INSTANCE": str(folder), "DATABASE_URL": url, "SECRET_KEY": KEY, "RATE_LIMITS": "off"}
        crm = {"EGRESS_ALLOW": "127.0.0.1:9,127.0.0.1:9000", "REDIS_URL": "", "PUBLIC_URL": "", "SCREENING": "on"}
        hooks = {name: value for name, value in os.environ.items() if name.startswith("HOOK_")}
        app = create_app({**own, **crm, **hooks, **environment})
        app.test_client_class = Browser
        revision.attach(app, check_seconds=0)
        with app.app_context():
            upgrade(app)
        return cls(app)

    def empty(self) -> None:
        """Every table as after the first migration."""
        while requests_of(self.app).taken():
            pass
        waiting_in(self.app).clear()
        with self.app.app_context(), transaction() as write:
            for table in reversed(Base.metadata.sorted_tables):
                if table.name != "revision":
                    write.execute(table.delete())
            write.execute(text("UPDATE revision SET number = number + 1"))

    def close(self) -> None:
        with self.app.app_context():
            db.engine.dispose()

    def apply(self, path: Path) -> list[str]:
        return apply_file(path, self.app.extensions["capture.doors"].sections)

    def furnish(self, path: Path) -> None:
        """Apply a site file to an empty database; from the second time on, what that wrote is put there again."""
        if path not in self.kept:
            self.apply(path)
            self.kept[path] = {table: _rows_of(table) for table in Base.metadata.sorted_tables}
            return
        with transaction() as write:
            for table, rows in self.kept[path].items():
                if rows and table.name != "revision":
                    write.execute(table.insert(), rows)
            revision.move(write)

    def put(self, name: str, key: str = "", *, site: str = "test", **more: Any) -> None:
        """Change some words of one thing of a site, or make it; `more` are the words."""
        section, site_id = change.section_of(name), self.rows(Site, slug=site)[0].id
        read = db.session.connection()
        before = change.item_of(read, section, site_id, key) if section.is_list else section.export(read, site_id)
        name_of = {section.key: key} if section.is_list else {}
        change.put(section, {**(before or name_of), **more}, site_id=site_id, actor="test")

    def rows(self, model: type[DeclarativeBase], **values: Any) -> Sequence[Any]:
        """What is stored, in the order of creation."""
        db.session.rollback()
        return (
            db.session.execute(select(model).filter_by(**values).order_by(*model.__table__.primary_key)).scalars().all()
        )

    def count(self, model: type[DeclarativeBase], **values: Any) -> int:
        db.session.rollback()
        return db.session.execute(select(func.count()).select_from(model).filter_by(**values)).scalar_one()

    def signed_in(self, role: str = "admin", email: str = "linh@example.com") -> FlaskClient:
        """A browser at the console, signed in by a one-time link."""
        with transaction() as write:
            link = sessions.new_link(write, create_user(write, email, role, name="Linh Nguyễn"), now())
        browser = self.app.test_client()
        page = browser.get(f"/console/sign-in/{link}")
        browser.post(f"/console/sign-in/{link}", data={"csrf_token": csrf_in(page.text)})
        return browser

    def token(self, *scopes: str) -> dict[str, str]:
        """The header of a machine with these scopes."""
        with transaction() as write:
            return {"Authorization": f"Bearer {new_token(write, 'test', scopes, now())}"}


def _rows_of(table: Table) -> list[dict[str, Any]]:
    ordered = select(table).order_by(*table.primary_key)
    return [dict(row) for row in db.session.execute(ordered).mappings()]


def csrf_in(html: str) -> str:
    """The token in a console page's form."""
    return html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def typed(**changes: Any) -> dict[str, Any]:
    """The answers of An, with changes; None takes one away."""
    return {name: value for name, value in {**PEOPLE, **changes}.items() if value is not None}
