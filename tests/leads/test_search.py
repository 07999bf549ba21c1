"""Finding a lead in the console's list as people type: without accents, some of the words, in any order."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from capture.core.db import db
from capture.core.migrations import downgrade, upgrade
from capture.leads.models import Lead
from tests.products import Product, typed

HA = {
    "name": "Trần Thị Minh Hà",
    "email": "ha.tran@roaster.example",
    "company": "Cà phê Đà Lạt",
    "phone": "0912 345 678",
}


def found(site: Product, text: str) -> bool:
    browser = site.signed_in(email=f"{abs(hash(text))}@example.com")
    return "Trần Thị Minh Hà" in browser.get("/console/leads", query_string={"q": text}).text


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("tran thi ha", True),
        ("TRẦN HÀ", True),
        ("hà trần", True),
        ("da lat", True),
        ("Đà lạt", True),
        ("roaster.EXAMPLE tran", True),
        ("0912 345", True),
        ("tran binh", False),
        ("t%n", False),
        ("tran_thi", False),
        ("/", False),
    ],
)
def test_a_lead_is_found_as_people_type(client: FlaskClient, site: Product, text: str, is_found: bool) -> None:
    client.post("/f/guide", data=HA)
    assert found(site, text) is is_found


def test_a_new_name_is_found_too(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=typed(name="Nguyễn An"))
    client.post("/f/guide", data=typed(name="Nguyễn Văn Ân", email=" AN@example.com"))
    assert site.rows(Lead)[0].search == "nguyen van an an@example.com quan an +84912345678"


def test_the_migration_folds_the_leads_that_are_there(client: FlaskClient, site: Product) -> None:
    client.post("/f/guide", data=HA)
    kept = site.rows(Lead)[0].search
    db.session.remove()
    downgrade("0006")
    try:
        assert "search" not in {column["name"] for column in sa.inspect(db.engine).get_columns("lead")}
    finally:
        upgrade(site.app)
    assert site.rows(Lead)[0].search == kept == "tran thi minh ha ha.tran@roaster.example ca phe da lat +84912345678"
