"""One lead's page, in the words of people: what came first stands lower, nothing twice, no name of a column."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from capture.leads.days import by_day
from capture.leads.models import Lead
from tests.products import Product, typed

SPRITE = Path(__file__).resolve().parents[2] / "static/console/icons.svg"
AD = "http://localhost/guide?utm_source=google&utm_medium=cpc&gclid=x"


def page_of(site: Product) -> str:
    return site.signed_in().get(f"/console/leads/{site.rows(Lead)[0].id}").text


def test_every_icon_on_the_page_is_drawn(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(size="big", _url=AD))
    wanted = set(re.findall(r'icons\.[^"]*svg[^"#]*#([a-z0-9-]+)"', page_of(site)))
    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()))
    assert {"stairs", "click"} & wanted and wanted <= drawn, wanted - drawn


def test_a_value_given_again_is_one_line(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(company="Quán An"))
    client.post("/f/guide", data=typed(company="Quán Bình"))
    page = page_of(site).split('id="known"', 1)[1].split("</table>", 1)[0]
    assert page.count("<b>an@example.com</b>") == 1
    assert page.count("<b>Quán An</b>") == page.count("<b>Quán Bình</b>") == 1


def test_the_page_says_words_and_no_keys(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(_url=AD))
    page = page_of(site)
    for raw in ("(direct)", "(none)", "lead.created<", "Paid Search", "Came by Direct"):
        assert raw not in page, raw
    assert "New lead, crm" in page


def test_of_what_happened_at_once_the_cause_stands_below_its_effect(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(size="big", _url=AD))
    page = page_of(site)
    crossed, filled, viewed, came = (page.index(text) for text in ("Reached ", "Filled in", "Viewed ", "Came by "))
    assert crossed < filled < viewed < came
    at = site.rows(Lead)[0].created_at
    shuffled = [{"at": at, "order": order, "kind": "gave", "title": str(order)} for order in (2, 0, 3, 1)]
    with site.app.test_request_context():
        assert [one["title"] for one in by_day(shuffled)[0]["entries"]] == ["3", "2", "1", "0"]
