"""The site as a file, in the console: download it, try one out with its differences shown, apply it."""

from __future__ import annotations

import difflib
import hashlib
import time
from pathlib import Path

from flask import Blueprint, Response, current_app, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from capture.accounts.guards import allowed, current_user
from capture.console.shell import screen
from capture.core.db import db
from capture.core.errors import Invalid, NotFound
from capture.core.speech import _
from capture.sites.apply import LARGEST_BYTES, Applied, apply_file, rehearse_file
from capture.sites.export import exported, text_of
from capture.sites.here import console_site
from capture.sites.section import Section

KEPT_SECONDS = 86_400
NAME = "site.yaml"

door = Blueprint("site_file", __name__, url_prefix="/settings/file")


def install(console: Blueprint) -> None:
    console.register_blueprint(door)


@door.get("")
@allowed("sites.see")
def show() -> Response:
    return _screen()


@door.get("/site.yaml")
@allowed("sites.see")
def download() -> Response:
    """The same bytes as `capture export`."""
    site = console_site()
    text = text_of(exported(db.session.connection(), site.id, _sections()))
    answer = Response(text, content_type="application/yaml; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{site.slug}.yaml"'
    return answer


@door.post("")
@allowed("sites.edit")
def rehearsal() -> Response:
    """What an uploaded file would change; nothing is changed."""
    upload = request.files.get("file")
    data = upload.stream.read(LARGEST_BYTES + 1) if upload else b""
    if not data:
        return _screen(problem=_("Please choose a file."), status=422)
    digest, prune = _keep(data), request.form.get("prune") == "y"
    try:
        applied = rehearse_file(_kept(digest), _sections(), prune=prune)
    except Invalid as refusal:
        return _screen(problem=_readable(refusal.message, digest), status=422)
    return _screen(applied=applied, digest=digest, prune=prune)


@door.post("/application")
@allowed("sites.edit")
def application() -> BaseResponse:
    """Apply what was tried out before."""
    digest, prune = request.form.get("digest", ""), request.form.get("prune") == "y"
    try:
        apply_file(_kept(digest), _sections(), prune=prune, actor=current_user().email)
    except Invalid as refusal:
        return _screen(problem=_readable(refusal.message, digest), status=422)
    flash("Applied. Visitors see it within a second.", "success")
    return redirect(url_for(".show"), 303)


def _screen(
    applied: Applied | None = None, *, problem: str = "", digest: str = "", prune: bool = False, status: int = 200
) -> Response:
    shown = {"changes": applied.changes, "diff": _diff(applied)} if applied else {"changes": None, "diff": []}
    more = {"problem": problem, "digest": digest, "prune": prune, "may_edit": g.permits("sites.edit")}
    return screen("sites/file.html", status=status, **shown, **more)


def _diff(applied: Applied) -> list[tuple[str, str]]:
    lines = difflib.unified_diff(applied.before.splitlines(), applied.after.splitlines(), lineterm="", n=2)
    kinds = {"+": "ins", "-": "del"}
    return [(kinds.get(line[:1], "span"), line) for line in list(lines)[2:]]


def _keep(data: bytes) -> str:
    """Lies here until it is applied, a day at most; its digest is its name."""
    digest = hashlib.sha256(data).hexdigest()
    folder = _folder()
    for old in folder.glob("*/" + NAME):
        if time.time() - old.stat().st_mtime > KEPT_SECONDS:
            old.unlink()
            old.parent.rmdir()
    (folder / digest).mkdir(parents=True, exist_ok=True)
    (folder / digest / NAME).write_bytes(data)
    return digest


def _kept(digest: str) -> Path:
    path = _folder() / digest / NAME
    if len(digest) != 64 or not digest.isalnum() or not path.is_file():
        raise NotFound("This file is not here any more. Please upload it again.")
    return path


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].instance) / "site-files"


def _readable(message: str, digest: str) -> str:
    return message.replace(str(_folder() / digest) + "/", "")


def _sections() -> list[Section]:
    return list(current_app.extensions["capture.doors"].sections)
