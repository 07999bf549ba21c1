"""Capture: landing pages and lead forms whose acknowledged leads are never lost, never doubled, and always arrive."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def create_app(environment: Mapping[str, str] | None = None) -> Flask:
    """The application: settings, database, doors, rooms. `environment` stands in for the process's own."""
    # Loaded when it is wanted: the demo CRM and `capture run` have no need of all this, and start at once.
    from capture import settings
    from capture.core import db, failures, health, limits, requests, shelf, signing, templates, transactions
    from capture.sites import queries, revision

    found = settings.load(environment)
    app = requests.CaptureApp(__name__, root_path=str(settings.ROOT), static_folder=None)
    requests.attach(app, queries.is_same_site)
    app.url_map.merge_slashes = False
    app.config.update(SETTINGS=found, MAX_CONTENT_LENGTH=requests.LARGEST_BODY_BYTES, SECRET_KEY=found.secret_key)
    app.config["SECRET_KEY_FALLBACKS"] = [found.secret_key_old] if found.secret_key_old else None
    db.attach(app, found.database_url)
    transactions.attach(app)
    signing.attach(app, found.secret_key, found.secret_key_old)
    revision.attach(app)
    shelf.attach(app, revision.current, lambda host: queries.site_of_host(host) is not None)
    limits.attach(app, found)
    templates.attach(app)
    failures.attach(app)
    health.attach(app)
    _open_doors(app)
    return app


def _open_doors(app: Flask) -> None:
    from capture import rooms
    from capture.api import answers
    from capture.console import shell
    from capture.core.doors import Doors

    doors = Doors()
    app.extensions["capture.doors"] = doors
    shell.install(doors)
    rooms.install(doors)
    for door in (doors.console, doors.api, doors.public):
        app.register_blueprint(door)
    shell.attach(app)
    answers.attach(app)
