"""What a colleague does with an editor: open it, change something, press the button."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from capture.core.db import db
from capture.sites.export import exported, text_of
from capture.sites.queries import sites
from tests.console.browser import sent
from tests.products import Product


def opened(browser: FlaskClient, path: str) -> MultiDict[str, str]:
    """The form of an editor as it stands, ready to be changed."""
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text[:300]
    form = sent(answer.text.split('id="edit"', 1)[1].split("</form>", 1)[0])
    return MultiDict([pair for pair in form.items(multi=True) if pair[0] != "_locale"])


def posted(browser: FlaskClient, path: str, form: Any, /, **changes: str | None) -> Any:
    """Sent with changes; None takes a name away."""
    data = MultiDict(form.items(multi=True))
    for name, value in changes.items():
        name = name.replace("__", ".")
        data.poplist(name)
        if value is not None:
            data[name] = value
    return browser.post(path, data=data)


def file_of(product: Product) -> str:
    """What `capture export` prints."""
    db.session.rollback()
    site = next(iter(sites().values()))
    return text_of(exported(db.session.connection(), site.id, product.app.extensions["capture.doors"].sections))
