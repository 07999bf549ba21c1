"""Landing pages: finished bytes, safe behind a CDN, in two languages."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from tests.products import Product

STANDARD = Path(__file__).parents[1] / "site.yaml"


def test_a_page_is_served_in_its_languages(client: FlaskClient) -> None:
    assert '<html lang="vi"' in client.get("/guide").text
    english = client.get("/en/guide").text
    assert '<html lang="en"' in english
    assert "Roast your first batch" in english
    assert client.get("/").text == client.get("/guide").text, "the oldest page is the home page"


def test_a_page_is_safe_behind_a_shared_cache(client: FlaskClient) -> None:
    answer = client.get("/guide", headers={"Cookie": "x=1"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Cache-Control"].startswith("public")
    assert answer.text == client.get("/guide?utm_source=x").text, "nothing in the body is about the visitor"


@pytest.mark.parametrize(
    ("accept", "encoding"),
    [("gzip, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None), ("*", "br"), ("identity", None)],
)
def test_a_page_comes_in_the_encoding_that_was_asked_for(
    client: FlaskClient, accept: str, encoding: str | None
) -> None:
    plain = client.get("/guide").data
    answer = client.get("/guide", headers={"Accept-Encoding": accept})
    assert answer.headers.get("Content-Encoding") == encoding
    open_up = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert open_up(answer.data) == plain


def test_who_has_the_page_gets_304(client: FlaskClient) -> None:
    tag = client.get("/guide", headers={"Accept-Encoding": "br"}).headers["ETag"]
    for given in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        answer = client.get("/guide", headers={"Accept-Encoding": "br", "If-None-Match": given})
        assert answer.status_code == 304
        assert answer.data == b""
    assert client.get("/guide", headers={"Accept-Encoding": "gzip", "If-None-Match": tag}).status_code == 200


def test_a_new_version_is_seen_at_once(site: Product, client: FlaskClient, tmp_path: Path) -> None:
    assert "Nhận sách" in client.get("/guide").text
    text = STANDARD.read_text().replace("heading: {vi: Nhận sách", "heading: {vi: Lấy sách")
    (tmp_path / "guide.pdf").write_bytes((STANDARD.parent / "guide.pdf").read_bytes())
    (tmp_path / "site.yaml").write_text(text)
    site.apply(tmp_path / "site.yaml")
    assert "Lấy sách" in client.get("/guide").text


def test_the_policy_allows_the_one_style_and_nothing_inline(client: FlaskClient) -> None:
    answer = client.get("/guide")
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "'sha256-" in policy
    assert " style=" not in answer.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
    assert not re.search(r"\son\w+=", answer.text)


def test_markdown_is_sanitised(client: FlaskClient) -> None:
    body = client.get("/guide").text
    assert "<strong>bold</strong>" in body
    assert "<b>raw" not in body
    assert 'href="javascript' not in body


@pytest.mark.parametrize(
    "path",
    ["/nothing", "/en/nothing", "/vi", "/d/nothing", "/thanks/nothing", "/static/../settings.py", "/static/none.css"],
)
def test_what_is_not_there_is_404_in_plain_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == (200 if path == "/vi" else 404)


def test_a_host_that_no_site_has_is_421(client: FlaskClient) -> None:
    for path in ("/", "/guide", "/t.js", "/robots.txt"):
        assert client.get(path, headers={"Host": "foreign.example"}).status_code == 421
    assert client.get("/guide", headers={"Host": "LOCALHOST.:9999"}).status_code == 200


def test_the_tracker_speaks_as_the_site_wants(client: FlaskClient) -> None:
    assert '"on"' in client.get("/t.js").text
    assert "__TRACKING__" not in client.get("/t.js").text


def test_health_and_robots(client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
    assert "Disallow: /console/" in client.get("/robots.txt").text
