"""Several sites by host name in one installation: the same slugs, other pages, and nothing of one on the other's host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.core.shelf import EXTENSION as SHELF
from capture.leads.models import Lead
from capture.sites.models import Site
from capture.submissions.models import Submission
from tests.conftest import GUIDE_WORD
from tests.products import Product

HERE, THERE = {"Host": "localhost"}, {"Host": "tra.example"}
SECOND = """
site: {slug: tra, name: Nhà Trà, locale: en, timezone: UTC, phone_region: VN, hosts: [tra.example, www.tra.example], home: summer}
forms:
  - {slug: guide, fields: [{name: email, type: email, label: Email, required: true}]}
  - {slug: tea, fields: [{name: email, type: email, label: Email, required: true}]}
pages:
  - {slug: guide, theme: dem, title: {en: The tea guide, vi: Cẩm nang trà}, blocks: [{type: hero, heading: Steep it}, {type: form, form: guide}]}
  - {slug: summer, theme: cho, title: {en: Iced tea}, blocks: [{type: hero, heading: Iced tea}]}
"""


@pytest.fixture
def two(site: Product, tmp_path: Path) -> Product:
    file = tmp_path / "tra.yaml"
    file.write_text(SECOND)
    site.apply(file)
    return site


@pytest.fixture
def visitor(two: Product) -> FlaskClient:
    return two.app.test_client()


def test_each_host_shows_its_own_pages_under_the_same_addresses(visitor: FlaskClient) -> None:
    assert "Rang mẻ đầu tiên" in visitor.get("/guide", headers=HERE).text
    assert "Steep it" in visitor.get("/guide", headers=THERE).text
    assert "Steep it" in visitor.get("/guide", headers={"Host": "WWW.tra.example.:8443"}).text
    assert visitor.get("/pricing", headers=HERE).status_code == 200
    assert visitor.get("/pricing", headers=THERE).status_code == 404
    assert '<html lang="en"' in visitor.get("/guide", headers=THERE).text
    assert '<html lang="vi"' in visitor.get("/vi/guide", headers=THERE).text


def test_each_host_has_its_own_home_page(visitor: FlaskClient) -> None:
    assert "Rang mẻ đầu tiên" in visitor.get("/", headers=HERE).text
    assert "Iced tea" in visitor.get("/", headers=THERE).text
    assert "Nhà Trà" in visitor.get("/nothing", headers=THERE).text


def test_an_unknown_host_has_nothing_of_either(visitor: FlaskClient) -> None:
    paths = ("/", "/guide", "/en/guide", "/t.js", "/robots.txt", "/sitemap.xml", "/thanks/x", "/nothing")
    for host in ("other.example", "tra.example.evil", "xtra.example", "localhost.evil", ""):
        for path in paths:
            assert visitor.get(path, headers={"Host": host}).status_code in {400, 421}, (host, path)
    assert visitor.post("/f/guide", data={"email": "a@b.co"}, headers={"Host": "other.example"}).status_code == 421


def test_the_shelf_keeps_them_apart(two: Product, visitor: FlaskClient) -> None:
    shelf = two.app.extensions[SHELF]
    for heads in (HERE, THERE):
        visitor.get("/guide", headers=heads)
    bodies = [shelf.answer(host, "/guide", "", "", "").body for host in ("localhost", "tra.example")]
    assert b"Steep it" in bodies[1] and b"Steep it" not in bodies[0]


def test_sitemaps_and_addresses_name_their_own_host(visitor: FlaskClient) -> None:
    here, there = (visitor.get("/sitemap.xml", headers=heads).text for heads in (HERE, THERE))
    assert "tra.example" not in here and "localhost" not in there
    assert "<loc>http://tra.example/vi/guide</loc>" in there
    assert "<loc>http://tra.example/</loc>" in there
    assert "Sitemap: http://tra.example/sitemap.xml" in visitor.get("/robots.txt", headers=THERE).text
    assert 'href="http://tra.example/guide"' in visitor.get("/guide", headers=THERE).text


def test_a_form_belongs_to_its_host(two: Product, visitor: FlaskClient) -> None:
    assert visitor.post("/f/tea", data={"email": "a@example.com"}, headers=HERE).status_code == 404
    assert visitor.post("/f/call", data={"phone": "0912345678"}, headers=THERE).status_code == 404
    json: dict[str, Any] = {"fields": {"email": "a@example.com"}}
    assert visitor.post("/api/v1/forms/tea/submissions", json=json, headers=HERE).status_code == 404
    assert visitor.post("/f/guide", data={"email": "a@example.com"}, headers=THERE).status_code == 303
    sites = {one.id: one.slug for one in two.rows(Site)}
    assert [sites[one.site_id] for one in two.rows(Submission)] == ["tra"]
    assert two.count(Lead) == 1


def test_a_page_of_the_other_site_is_named_in_vain(two: Product, visitor: FlaskClient) -> None:
    visitor.post("/f/guide", data={"email": "a@example.com", "_page": "pricing"}, headers=THERE)
    assert two.rows(Submission)[0].page_version_id is None


def test_a_foreign_host_is_a_foreign_origin(visitor: FlaskClient) -> None:
    data = {"email": "a@example.com"}
    assert visitor.post("/f/guide", data=data, headers={**HERE, "Origin": "http://tra.example"}).status_code == 403
    assert visitor.post("/f/guide", data=data, headers={**THERE, "Origin": "http://tra.example"}).status_code == 303


def test_a_thank_you_page_opens_only_on_its_own_host(visitor: FlaskClient) -> None:
    place = visitor.post("/f/guide", data={"email": "a@example.com"}, headers=THERE).headers["Location"]
    assert visitor.get(place, headers=THERE).status_code == 200
    assert visitor.get(place, headers=HERE).status_code == 404


def test_a_download_opens_only_on_its_own_host(visitor: FlaskClient) -> None:
    sent = visitor.post("/f/guide", data={"email": "a@example.com", "_page": "guide"}, headers=HERE)
    link = re.search(r'href="(/d/[^"]+)"', visitor.get(sent.headers["Location"], headers=HERE).text)
    assert link
    assert visitor.get(link[1], headers=THERE).status_code == 404
    with visitor.get(link[1], headers=HERE) as answer:
        assert answer.status_code == 200


def test_a_password_of_one_site_opens_nothing_on_the_other(two: Product, visitor: FlaskClient) -> None:
    two.put("pages", "guide", password="env:HOOK_GUIDE_WORD")
    two.put("pages", "guide", site="tra", password="env:HOOK_GUIDE_WORD")
    answer = visitor.post("/_unlock/guide", data={"_password": GUIDE_WORD}, headers=HERE)
    worn = {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}
    bare = two.app.test_client(use_cookies=False)
    assert "Rang mẻ đầu tiên" in bare.get("/guide", headers={**HERE, **worn}).text
    assert "Steep it" not in bare.get("/guide", headers={**THERE, **worn}).text


def test_the_console_and_the_api_are_reached_on_every_host(two: Product, visitor: FlaskClient) -> None:
    reader = two.token("config:read")
    for host in ("localhost", "tra.example", "www.tra.example"):
        assert visitor.get("/console/sign-in", headers={"Host": host}).status_code == 200
        assert visitor.get("/console/", headers={"Host": host}).headers["Location"] == "/console/sign-in"
        slugs = [one["slug"] for one in visitor.get("/api/v1/sites", headers={"Host": host, **reader}).json["items"]]  # type: ignore[index]
        assert slugs == ["test", "tra"]


@pytest.mark.parametrize(
    ("host", "origin"), [("localhost", "https://localhost"), ("tra.example", "https://tra.example"), ("127.0.0.1", "https://localhost")]
)  # fmt: skip
def test_the_public_address_of_one_site_is_not_the_others(
    two: Product, monkeypatch: pytest.MonkeyPatch, host: str, origin: str
) -> None:
    settings = two.app.config["SETTINGS"]
    monkeypatch.setitem(
        two.app.config, "SETTINGS", type("Public", (), {**vars(settings), "public_url": "https://localhost"})
    )
    client = two.app.test_client()
    assert f'rel="canonical" href="{origin}/guide"' in client.get("/guide", headers={"Host": host}).text
    sent = client.post(
        "/api/v1/forms/guide/submissions", json={"fields": {"email": "a@example.com"}}, headers={"Host": host}
    )
    assert sent.json["next"]["url"].startswith(f"{origin}/thanks/")  # type: ignore[index]
