"""Heads, hosts, paths and methods of every kind, and what they must not change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.submissions.models import Submission
from tests.attacks.hostile import JSON_URL, NAUGHTY, chunks, statuses, still_works, unwanted
from tests.products import Product, typed

Cases = dict[str, Callable[[], Any]]
ODD_HEADS = (
    "", " ", "0", "x" * 8_000, "\u00ff\u00fe", ",,,;;;===", "*", '"', "'", "%00%0d%0a", "{{7*7}}", "<script>", "-1", "1e309",
    "bytes=0-", "bytes=-1", "bytes=9-1,0-0,-", 'W/"x"', '"x", "y", *', "gzip;q=2, br;q=-1", "gzip;q=x;q=;q", "en;q=9,vi;q=0,*",
    "Thu, 99 Foo 0000 99:99:99 GMT", "http://[", "http://[::1", "null", "same-origin", "cross-site", "=; =; a", "\t",
)  # fmt: skip
HEADS = (
    "Range", "If-Range", "If-None-Match", "If-Match", "If-Modified-Since", "If-Unmodified-Since", "Accept", "Accept-Encoding",
    "Accept-Language", "Accept-Charset", "Cookie", "User-Agent", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode", "Purpose",
    "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix", "Forwarded", "X-Real-IP",
    "X-HTTP-Method-Override", "X-Original-URL", "X-Rewrite-URL", "Content-Encoding", "Expect", "DNT",
)  # fmt: skip
PATHS = (
    "/%00", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/..%5c..%5c", "/guide%00", "/guide%0d%0aX:%20y", "/guide/..",
    "/guide;x=1", "/GUIDE", "/guide%2f", "/%ff%fe", "/%ED%A0%80", "/" + "a" * 8_000, "/" + "a/" * 3_000, "/vi/../en", "/vi/%00",
    "/{{7777*7777}}", "/<script>alert(1)</script>", "/static/%00", "/static/" + "a" * 5_000, "/static/../capture/settings.py",
    "/static/..%2fcapture%2fsettings.py", "/static//etc/passwd", "/static/%2fetc%2fpasswd", "/static/pages", "/static/.",
    "/thanks/%00", "/thanks/" + "a" * 5_000, "/thanks/a.b.c", "/thanks/..", "/thanks/.", "/thanks/%ff.%ff.%ff", "/thanks/ỷ.ỷ.ỷ",
    "/d/%00", "/d/a.b.c.d", "/d/..", "/d/.", "/d/" + "." * 1_000, "/d/ỷ", "/in/meta", "/embed/guide.js", "/.git/config", "/.env",
    "/instance/secret_key", "/wsgi.py", "/console.bak", "/f/guide", "/api", "/api/v2/leads", "/api/v1/..%2f..%2fguide",
    "/guide?" + "a=b&" * 5_000, "/guide?utm_source=%00&%ED%A0%80=1", "/guide?x[]=1&x[a]=2",
)  # fmt: skip


def environ(names: tuple[str, ...], value: str) -> dict[str, str]:
    """Heads as a server hands them over, also those that a client library would not send."""
    return {f"HTTP_{name.upper().replace('-', '_')}": value for name in names}


@pytest.mark.parametrize("path", ["/guide", "/static/pages/form.js", "/t.js", "/f/guide", JSON_URL])
def test_a_head_of_any_kind_changes_nothing_or_is_refused(client: FlaskClient, site: Product, path: str) -> None:
    body: dict[str, Any] = {"/f/guide": {"data": typed()}, JSON_URL: {"json": {"fields": typed()}}}.get(path, {})
    cases: Cases = {
        f"{', '.join(names)}: {value[:40]}": lambda names=names, value=value: client.open(
            path, method="POST" if body else "GET", environ_overrides=environ(names, value), **body
        )
        for names in (("Origin",), ("Authorization",), HEADS)
        for value in (ODD_HEADS if body else ODD_HEADS[::4])
    }
    assert unwanted(statuses(cases), {200, 201, 206, 303, 304, 400, 401, 403, 405, 412, 416}) == {}


@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "https://[]]", "http://]", "http://[v1.x]"])
def test_an_origin_that_is_no_address_is_foreign(client: FlaskClient, site: Product, origin: str) -> None:
    head = {"Origin": origin}
    assert client.post("/f/guide", data=typed(), headers=head).status_code == 403
    assert client.post(JSON_URL, json={"fields": typed()}, headers=head).status_code == 403
    preflight = client.options(JSON_URL, headers=head)
    assert preflight.status_code in {204, 403}
    assert "Access-Control-Allow-Origin" not in preflight.headers


FOREIGN = (
    "https://evil.example", "null", "http://localhost.evil.example", "http://evil-localhost", "http://localhost@evil.example",
    "https://friend.example.evil.example", "https://friend.example:444", "http://friend.example", "https://xfriend.example",
    "https://friend.example/", "file://localhost", "chrome-extension://localhost", "", "*", "http://127.0.0.2",
)  # fmt: skip
OWN = (
    "http://localhost",
    "https://localhost:8443",
    "http://LOCALHOST:8000",
    "http://127.0.0.1:9000",
    "https://friend.example",
)


def test_a_foreign_origin_is_refused_and_an_own_a_named_and_a_missing_one_are_not(
    client: FlaskClient, site: Product
) -> None:
    for path, body in (("/f/guide", {"data": typed()}), (JSON_URL, {"json": {"fields": typed()}})):
        foreign: Cases = {
            one: lambda one=one, path=path, body=body: client.post(path, headers={"Origin": one}, **body)
            for one in FOREIGN
        }
        assert unwanted(statuses(foreign), {403}) == {}, path
        assert site.count(Submission) == 0
    for path, body in (("/f/guide", {"data": typed()}), (JSON_URL, {"json": {"fields": typed()}})):
        own: Cases = {
            one: lambda one=one, path=path, body=body: client.post(path, headers={"Origin": one}, **body) for one in OWN
        }
        assert unwanted(statuses(own), {201, 303}) == {}, path
        assert client.post(path, **body).status_code in {201, 303}


def test_no_answer_is_shared_with_a_foreign_origin(client: FlaskClient, site: Product) -> None:
    site.app.test_client().post("/f/guide", data=typed())
    for path in ("/guide", "/t.js", "/api/v1/leads", JSON_URL, "/console/leads", "/thanks/x", "/d/x"):
        for method in ("GET", "OPTIONS", "POST"):
            for origin in FOREIGN[:4]:
                answer = client.open(path, method=method, headers={"Origin": origin})
                assert "Access-Control-Allow-Origin" not in answer.headers, (method, path, origin)
                assert "Access-Control-Allow-Credentials" not in answer.headers


HOSTS = (
    "evil.example", "localhost.evil.example", "localhost@evil.example", "localhost:80@evil.example", "localhost, evil.example",
    "evil.example, localhost", "localhost/evil", "localhost#", "localhost?", "localhost\\evil", 'localhost:"><script>', "[::1", "[::1]",
    "local host", "localhost:81:81", "localhost:evil", "localhost%00", "127.0.0.2", "0", "0x7f.1", "2130706433", "", ":80", ".", "ỷ",
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/", "/guide", "/vi/guide", "/t.js", "/robots.txt", "/thanks/x", "/nothing", "//guide", "/vi//guide"]
)
def test_a_host_that_no_site_has_is_misdirected(client: FlaskClient, path: str) -> None:
    client.get("/guide")
    cases: Cases = {
        host: lambda host=host: client.get(path, environ_overrides={"HTTP_HOST": host, "PATH_INFO": path})
        for host in HOSTS
    }
    assert unwanted(statuses(cases), {400, 421}) == {}


def test_a_misdirected_posting_stores_nothing(client: FlaskClient, site: Product) -> None:
    for path, body in (
        ("/f/guide", {"data": typed()}),
        (JSON_URL, {"json": {"fields": typed()}}),
        ("/t", {"json": {}}),
    ):
        cases: Cases = {
            host: lambda host=host, path=path, body=body: client.post(
                path, environ_overrides={"HTTP_HOST": host}, **body
            )
            for host in HOSTS
        }
        assert unwanted(statuses(cases), {400, 401, 421}) == {}, path
    assert site.count(Submission) == 0


def test_what_one_visitor_sends_is_not_in_the_page_of_the_next(client: FlaskClient, site: Product) -> None:
    """A page is made once and shown to all: neither port nor host nor heads of the first visitor may be in it."""
    odd = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "Forwarded": "host=evil.example"}
    shelf = site.app.extensions["capture.shelf"]
    for path in ("/guide", "/summer", "/en/guide"):
        client.get(path + "?x=evil", headers=odd, environ_overrides={"HTTP_HOST": "LocalHost.:6666"})
        for found in (shelf.answer("localhost", path, "", "", ""), shelf.answer("localhost:8000", path, "", "", "")):
            told = "" if found is None else f"{found.body!r} {found.head!r}"
            assert not [one for one in ("6666", "evil", "gopher", "LocalHost") if one in told], path


def test_heads_about_the_way_here_mean_nothing_without_trusted_proxies(client: FlaskClient, site: Product) -> None:
    heads = {
        "X-Forwarded-For": "198.51.100.7",
        "Forwarded": "for=198.51.100.7",
        "X-Real-IP": "198.51.100.7",
        "X-Client-IP": "198.51.100.7",
    }
    client.post("/f/guide", data=typed(), headers=heads)
    assert site.rows(Submission)[0].address == "127.0.0.1"


def test_a_path_of_any_kind_leads_nowhere_else(client: FlaskClient, site: Product) -> None:
    cases: Cases = {path[:60]: lambda path=path: client.get(path) for path in PATHS}
    found = statuses(cases)
    assert unwanted(found, {200, 301, 303, 308, 400, 401, 404, 405, 414}) == {}
    for path in PATHS:
        answer = client.get(path)
        assert "root:" not in answer.text and "SECRET" not in answer.text, path
        assert answer.headers.get("Location", "/").startswith(("/", "http://localhost/")), path
    assert still_works(site)


@pytest.mark.parametrize(
    "path", ["/", "/guide", "/t.js", "/f/guide", "/t", "/thanks/x", "/d/x", JSON_URL, "/robots.txt", "/nothing"]
)
def test_a_method_that_is_not_offered_is_refused(client: FlaskClient, path: str) -> None:
    methods = ("PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "FOO", "G" * 500, "<B>")
    cases: Cases = {
        method: lambda method=method: client.open(path, method=method, data=b"x=1", headers={"X-Echo": "told"})
        for method in methods
    }
    assert unwanted(statuses(cases), {400, 401, 404, 405, 501}) == {}
    assert "told" not in client.open(path, method="TRACE", headers={"X-Echo": "told"}).text


def test_a_refusal_shows_nothing_of_what_was_asked_as_markup(client: FlaskClient) -> None:
    for text in NAUGHTY:
        answer = client.get("/" + text.replace("/", "").replace("?", "").replace("#", ""))
        assert "<script>alert" not in answer.text and "onerror=" not in answer.text and "60481729" not in answer.text


def test_a_query_changes_nothing_of_a_finished_page(client: FlaskClient) -> None:
    plain = client.get("/guide").data
    assert all(
        client.get("/guide", query_string={"utm_source": text, text: "x"}).data == plain
        for text in chunks(NAUGHTY, 600)
    )
