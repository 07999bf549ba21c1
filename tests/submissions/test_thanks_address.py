"""Who made an address up is told nothing; who had the page learns that its hour is over."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient

from capture.core.clock import now
from capture.core.signing import signed
from capture.core.texts import translated
from capture.submissions.models import Submission
from capture.submissions.public import PURPOSE
from tests.products import Product, typed

EXPIRED = translated("This page has expired", "vi")


def page(client: FlaskClient, token: str) -> str:
    answer = client.get(f"/thanks/{token}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    return answer.text


def test_only_an_address_that_we_made_says_that_something_arrived(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed())
    with site.app.app_context():
        expired = signed(PURPOSE, site.rows(Submission)[0].id, at=now() - timedelta(hours=2))
    assert EXPIRED in page(client, expired)
    for forged in ("x", expired[:-3] + "abc", expired.replace(".", "-")):
        assert EXPIRED not in page(client, forged)
