"""The key is changed: whoever is signed in stays so, as long as the old one is named."""

from __future__ import annotations

import contextvars

from capture import create_app
from capture.core.db import db
from tests.products import KEY, Browser, Product, csrf_in

NEW = "another key for tests that is long enough to be one"


def test_sessions_and_forms_of_the_old_key_are_still_accepted(site: Product) -> None:
    signed_in = site.signed_in()
    form = signed_in.get("/console/password").text
    cookie = signed_in.get_cookie("capture_session", path="/console")
    assert cookie is not None

    def after(**keys: str) -> tuple[int, int]:
        settings = site.app.config["SETTINGS"]
        place = {"INSTANCE": str(settings.instance), "DATABASE_URL": settings.database_url, "RATE_LIMITS": "off"}
        app = contextvars.Context().run(create_app, {**place, **keys})
        app.test_client_class = Browser
        browser = app.test_client()
        browser.set_cookie("capture_session", cookie.value, path="/console")
        told = {"password": "bốn từ dễ nhớ lắm đấy", "csrf_token": csrf_in(form)}
        said = browser.get("/console/").status_code, browser.post("/console/password", data=told).status_code
        with app.app_context():
            db.engine.dispose()
        return said

    assert after(SECRET_KEY=NEW, SECRET_KEY_OLD=KEY) == (200, 303)
    assert after(SECRET_KEY=NEW)[0] == 303
