"""A page that is closed leads its visitors on, with their campaign, and never in a circle."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from flask.testing import FlaskClient

from capture.core.errors import Invalid
from capture.core.shelf import EXTENSION as SHELF
from tests.products import Product

OPENS, CLOSES = datetime(2027, 3, 1, 9, 0, tzinfo=UTC), datetime(2027, 3, 8, 9, 0, tzinfo=UTC)
SECOND = 1 / 86_400


def goes_to(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 302, f"{path}: {answer.status_code}"
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.headers["Location"]


def test_a_page_is_open_between_its_two_moments_and_not_a_second_longer(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", opens=OPENS.isoformat(), closes=CLOSES.isoformat(), afterwards="/guide")
    moments = [(OPENS, -1, 404), (OPENS, 0, 200), (CLOSES, -1, 200), (CLOSES, 0, 302)]
    for moment, seconds, status in moments:
        with time_machine.travel(moment.timestamp() + seconds, tick=False):
            answer = client.get("/summer")
            assert answer.status_code == status, (moment, seconds)
            assert "stale" not in answer.headers["Cache-Control"], "no cache may show it after its end"


def test_what_is_on_the_shelf_leaves_it_when_the_clock_says_so(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", opens=OPENS.isoformat(), closes=CLOSES.isoformat())
    shelf = site.app.extensions[SHELF]
    with time_machine.travel(OPENS, tick=False) as clock:
        assert client.get("/summer").status_code == 200
        assert "/summer" in client.get("/sitemap.xml").text
        assert shelf.answer("localhost", "/summer", "", "", "") is not None
        clock.move_to(CLOSES)
        shelf.keep_up()
        assert shelf.answer("localhost", "/summer", "", "", "") is None
        assert client.get("/summer").status_code == 404
        assert "/summer" not in client.get("/sitemap.xml").text


def test_an_unpublished_page_leads_to_its_target_with_the_query(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", published=False, afterwards="/guide?from=summer#form")
    assert goes_to(client, "/summer?utm_source=x&utm_campaign=t%E1%BA%BFt") == (
        "/guide?from=summer&utm_source=x&utm_campaign=t%E1%BA%BFt#form"
    )
    assert goes_to(client, "/summer") == "/guide?from=summer#form"


def test_who_read_english_goes_on_reading_english(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", published=False, afterwards="/guide")
    assert goes_to(client, "/en/summer?utm_source=x") == "/en/guide?utm_source=x"
    site.put("pages", "summer", afterwards="/vi/guide")
    assert goes_to(client, "/en/summer") == "/vi/guide"


def test_a_target_elsewhere_is_kept_as_it_is(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", published=False, afterwards="https://shop.example/sale?x=1")
    assert goes_to(client, "/summer?y=2") == "https://shop.example/sale?x=1&y=2"


def test_closed_pages_on_the_way_are_passed_through(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", published=False, afterwards="/pricing")
    site.put("pages", "pricing", published=False, afterwards="http://localhost/guide")
    assert goes_to(client, "/summer?utm_source=x") == "http://localhost/guide?utm_source=x"


@pytest.mark.parametrize("target", ["/summer", "/en/summer", "http://localhost/summer", "/pricing"])
def test_a_circle_ends_at_home(site: Product, client: FlaskClient, target: str) -> None:
    site.put("pages", "pricing", published=False, afterwards="/summer")
    site.put("pages", "summer", published=False, afterwards=target)
    assert goes_to(client, "/summer?utm_source=x") == "/?utm_source=x"
    assert goes_to(client, "/en/summer") == "/en"


def test_a_chain_that_ends_nowhere_ends_at_home_and_home_never_in_itself(site: Product, client: FlaskClient) -> None:
    site.put("pages", "pricing", published=False)
    site.put("pages", "summer", published=False, afterwards="/pricing")
    assert goes_to(client, "/summer") == "/"
    site.put("site", home="summer")
    assert client.get("/").status_code == 404
    assert client.get("/summer").status_code == 404


def test_a_closed_page_without_a_target_is_not_there(site: Product, client: FlaskClient) -> None:
    site.put("pages", "summer", published=False)
    assert client.get("/summer").status_code == 404


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "javascript:alert(1)", "data:text/html,x", "evil.example", "/a b", "/\tx",
     "https:/evil.example", "http://", "/x\r\nSet-Cookie: a=1", "\\\\evil.example", "ftp://x.example/", " /x", "/\u00a0x", "https://x\\@y"],
)  # fmt: skip
def test_no_target_leads_where_nobody_meant(site: Product, target: str) -> None:
    with pytest.raises(Invalid) as refusal:
        site.put("pages", "summer", published=False, afterwards=target)
    assert "afterwards" in refusal.value.errors


@pytest.mark.parametrize(
    "query", ["x=//evil.example", "next=https://evil.example", "%0d%0aSet-Cookie:%20a=1", "?" * 50, "\\\\evil"]
)
def test_no_query_changes_where_it_goes(site: Product, client: FlaskClient, query: str) -> None:
    site.put("pages", "summer", published=False, afterwards="/guide")
    answer = client.get(f"/summer?{query}")
    assert answer.headers["Location"].startswith("/guide?")
    assert "Set-Cookie" not in answer.headers
