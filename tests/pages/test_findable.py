"""What search engines and sharing see: one address for each page, its languages, and nothing that is not for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from capture.core.shelf import EXTENSION as SHELF
from tests.products import Product

Put = Callable[..., None]
XHTML = "{http://www.w3.org/1999/xhtml}link"


@pytest.fixture
def put(site: Product) -> Put:
    return site.put


def listed(client: FlaskClient) -> dict[str, dict[str, str]]:
    """Address → its languages, as the sitemap has them."""
    tree = ElementTree.fromstring(client.get("/sitemap.xml").data)
    found = {}
    for url in tree:
        links = {link.attrib["hreflang"]: link.attrib["href"] for link in url.findall(XHTML)}
        found[str(url[0].text)] = links
    return found


def head(html: str, name: str) -> list[str]:
    """Values of links and metas of the head, by rel, property or name."""
    tags = re.findall(r"<(?:link|meta)\b[^>]*>", html.split("</head>")[0])
    mine = [tag for tag in tags if re.search(rf'(?:rel|property|name)="{re.escape(name)}"', tag)]
    return [re.search(r'(?:href|content)="([^"]*)"', tag)[1] for tag in mine]  # type: ignore[index]


def test_the_sitemap_has_each_page_in_each_language(client: FlaskClient) -> None:
    found = listed(client)
    languages = {
        "vi": "http://localhost/guide",
        "en": "http://localhost/en/guide",
        "x-default": "http://localhost/guide",
    }
    assert found["http://localhost/guide"] == found["http://localhost/en/guide"] == languages
    assert len(found) == 6
    assert re.search(r"<lastmod>\d{4}-\d\d-\d\dT[\d:]+\+00:00</lastmod>", client.get("/sitemap.xml").text)
    assert client.get("/sitemap.xml").headers["Content-Type"] == "application/xml; charset=utf-8"
    assert all(client.get(address.removeprefix("http://localhost")).status_code == 200 for address in found)


def test_the_sitemap_leaves_out_what_is_not_to_be_found(client: FlaskClient, put: Put) -> None:
    put("pages", "guide", noindex=True)
    put("pages", "summer", canonical="https://shop.example/summer")
    put("pages", "pricing", published=False)
    assert listed(client) == {}


def test_a_page_that_is_not_to_be_found_says_so_twice(client: FlaskClient, put: Put) -> None:
    assert "X-Robots-Tag" not in client.get("/guide").headers
    put("pages", "guide", noindex=True)
    answer = client.get("/guide")
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert head(answer.text, "robots") == ["noindex"]


def test_a_whole_site_can_stay_out_of_search_engines(client: FlaskClient, put: Put) -> None:
    put("site", noindex=True, disallow=["/pricing"])
    assert client.get("/guide").headers["X-Robots-Tag"] == "noindex"
    assert listed(client) == {}
    robots = client.get("/robots.txt").text
    assert "Sitemap:" not in robots
    assert "Disallow: /pricing\n" in robots


def test_robots_are_told_where_the_sitemap_is(client: FlaskClient) -> None:
    assert "\nSitemap: http://localhost/sitemap.xml\n" in client.get("/robots.txt").text


def test_each_language_names_itself_and_the_others(client: FlaskClient) -> None:
    for path, locale, other in (("/guide", "vi_VN", "en_US"), ("/en/guide", "en_US", "vi_VN")):
        answer = client.get(f"{path}?utm_source=x")
        assert head(answer.text, "canonical") == [f"http://localhost{path}"] == head(answer.text, "og:url")
        assert answer.headers["Link"] == f'<http://localhost{path}>; rel="canonical"'
        assert head(answer.text, "alternate") == [
            "http://localhost/guide",
            "http://localhost/en/guide",
            "http://localhost/guide",
        ]
        assert head(answer.text, "og:locale") == [locale]
        assert head(answer.text, "og:locale:alternate") == [other]


def test_a_pages_own_canonical_address_wins(client: FlaskClient, put: Put) -> None:
    put("pages", "guide", canonical="https://shop.example/guide")
    answer = client.get("/en/guide")
    assert head(answer.text, "canonical") == ["https://shop.example/guide"]
    assert answer.headers["Link"] == '<https://shop.example/guide>; rel="canonical"'
    assert head(answer.text, "alternate") == []


def test_a_language_in_which_a_page_is_not_written_is_a_copy(client: FlaskClient, put: Put) -> None:
    put("pages", "guide", title="Chỉ tiếng Việt")
    answer = client.get("/en/guide")
    assert head(answer.text, "canonical") == ["http://localhost/guide"]
    assert head(answer.text, "alternate") == []
    assert 'class="langs"' not in answer.text
    assert "http://localhost/en/guide" not in listed(client)


def test_a_home_page_that_was_named_has_the_shortest_address(client: FlaskClient, put: Put) -> None:
    put("site", home="summer")
    for path in ("/", "/summer"):
        assert head(client.get(path).text, "canonical") == ["http://localhost/"]
    for path in ("/en", "/en/", "/en/summer"):
        assert head(client.get(path).text, "canonical") == ["http://localhost/en"]
    assert {"http://localhost/", "http://localhost/en"} <= listed(client).keys()


def test_the_opening_stands_in_for_a_description(client: FlaskClient, put: Put) -> None:
    assert head(client.get("/en/guide").text, "description") == ["Roast your first batch"]
    put("pages", "guide", description={"vi": "Sách", "en": "A <book> & more"})
    assert head(client.get("/en/guide").text, "description") == ["A &lt;book&gt; &amp; more"]


def test_the_legal_pages_stand_at_the_foot_and_beside_consent(client: FlaskClient, put: Put) -> None:
    put("site", legal_pages={"privacy": "pricing", "terms": "gone"})
    page = client.get("/en/guide").text
    foot, form = page.split('<footer class="foot">')[1], page.split("<form")[1].split("</form>")[0]
    assert '<a href="/en/pricing">Privacy policy</a>' in foot
    assert "Terms of use" not in foot, "a page that is not there is not linked"
    assert '<a href="/en/pricing">Privacy policy</a>' in form
    put("pages", "pricing", published=False)
    assert "Privacy policy" not in client.get("/en/guide").text


def test_where_nothing_is_the_site_speaks_its_own_words(client: FlaskClient, put: Put) -> None:
    assert 'href="/en"' in client.get("/en/nothing").text
    put("site", not_found={"title": {"vi": "Lạc đường <b>", "en": "Lost"}, "text": {"vi": "Về nhà", "en": "Go home"}})
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "Lạc đường &lt;b&gt;" in answer.text
    assert 'href="/"' in answer.text
    assert "Lost" in client.get("/en/nothing").text
    assert "Lạc đường" not in client.get("/d/nothing").text, "a link that expired is another story"
    assert answer.headers["X-Robots-Tag"] == "noindex"


def test_the_sitemap_and_robots_are_kept_until_something_changes(site: Product, client: FlaskClient, put: Put) -> None:
    shelf = site.app.extensions[SHELF]
    for path in ("/sitemap.xml", "/robots.txt"):
        client.get(path)
        assert shelf.answer("localhost", path, "", "", "") is not None
    put("pages", "guide", noindex=True)
    with site.app.app_context():
        shelf.keep_up()
    assert shelf.answer("localhost", "/sitemap.xml", "", "", "") is None
