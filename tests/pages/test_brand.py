"""The brand of a site: one colour, corners, sizes, the ground of the opening, a logo; and the console that tells of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from capture.core.errors import Invalid
from capture.sites.models import Site
from tests.pictures.files import SOUND_SVG, picture
from tests.products import Product, csrf_in

STANDARD = Path(__file__).parents[1] / "site.yaml"
Branded = Callable[..., Path]


@pytest.fixture
def branded(tmp_path: Path) -> Branded:
    """The standard site file with a brand, and with more words in its pages."""

    def make(brand: str, old: str = "", new: str = "", pictures: str = "") -> Path:
        text = STANDARD.read_text().replace('tracking: "on"}', f'tracking: "on", brand: {brand}}}')
        (tmp_path / "guide.pdf").write_bytes((STANDARD.parent / "guide.pdf").read_bytes())
        (tmp_path / "logo.svg").write_bytes(SOUND_SVG)
        (tmp_path / "wide.jpg").write_bytes(picture(width=1600, height=840))
        (tmp_path / "site.yaml").write_text((text.replace(old, new) if old else text) + pictures)
        return tmp_path / "site.yaml"

    return make


def test_one_colour_changes_the_whole_palette(product: Product, branded: Branded) -> None:
    product.apply(branded('{colour: "#F2B632", radius: round, scale: large}'))
    page = product.app.test_client().get("/guide").text
    assert "--accent:#f2b632" in page and "--r-button:99px" in page and "--scale:1.12" in page
    own = page.split("--accent:#f2b632")[0].rsplit(":root", 1)[1]
    assert re.search(r"--text:#[0-9a-f]{6}", own)


def test_what_is_no_colour_is_refused(product: Product, branded: Branded) -> None:
    with pytest.raises(Invalid, match=r"site\.brand\.colour"):
        product.apply(branded('{colour: "red;}</style>"}'))


@pytest.mark.parametrize(("brand", "block"), [("{hero: dark}", ""), ("{}", ", ground: dark")])
def test_an_opening_may_be_dark_on_a_light_page(product: Product, branded: Branded, brand: str, block: str) -> None:
    product.apply(branded(brand, "art: roast-curve", "art: roast-curve" + block))
    page = product.app.test_client().get("/guide").text
    assert "color-scheme:dark" in page
    assert page.index("color-scheme:dark") > page.index(":root")


def test_the_logo_stands_in_place_of_the_letter(product: Product, branded: Branded) -> None:
    product.apply(branded("{logo: logo}", pictures="pictures: [{name: logo, file: logo.svg, alt: A bean}]\n"))
    page = product.app.test_client().get("/guide").text
    assert 'class="logo"' in page and 'class="mark"' not in page
    assert 'alt="Nhà Thử"' in page, "a wide logo carries the name"
    address = page.split('class="logo" src="')[1].split('"')[0]
    assert product.app.test_client().get(address).status_code == 200


def test_a_logo_that_is_not_there_leaves_the_letter(product: Product, branded: Branded) -> None:
    product.apply(branded("{logo: nothing}"))
    assert 'class="mark"' in product.app.test_client().get("/guide").text


def test_own_css_is_part_of_the_page_and_a_wrong_one_is_refused_with_its_line(
    product: Product, branded: Branded
) -> None:
    product.apply(branded("{}", "slug: pricing", 'slug: pricing\n    css: ".card { border: 0 }"'))
    assert "main .card{border:0}" in product.app.test_client().get("/pricing").text
    wrong = branded("{}", "slug: pricing", 'slug: pricing\n    css: ".a {}\\n.b { background: url(//evil.example) }"')
    with pytest.raises(Invalid, match=r"pages\[2\]\.css: line 2: url\(\)"):
        product.apply(wrong)


def test_the_console_tells_and_shows_before_it_keeps(site: Product) -> None:
    browser = site.signed_in("marketer")
    page = browser.get("/console/brand")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    told = browser.get("/console/brand/told?theme=giay&colour=%23f2b632").text
    assert "10.5" in told and "its words are dark" in told
    preview = browser.get("/console/brand/preview?theme=dem&colour=%23f2b632&radius=nonsense")
    assert "--accent:#f2b632" in preview.text and "'sha256-" in preview.headers["Content-Security-Policy"]
    assert (
        "<"
        not in browser.get("/console/brand/preview?colour=%3C/style%3E").text.split("</style>")[0].split("<style>")[1]
    )
    form = {"csrf_token": csrf_in(page.text), "theme": "dem", "colour": "#123456", "radius": "soft"}
    assert browser.post("/console/brand", data=form).status_code == 303
    settings = site.rows(Site)[0].settings
    assert settings["theme"] == "dem" and settings["brand"] == {"colour": "#123456", "radius": "soft"}
    browser.post("/console/brand", data={**form, "own": "y", "radius": ""})
    assert "brand" not in site.rows(Site)[0].settings
    assert browser.post("/console/brand", data={**form, "colour": "red"}).status_code == 422


def test_who_may_only_look_cannot_change_the_brand(site: Product) -> None:
    browser = site.signed_in("viewer")
    page = browser.get("/console/brand").text
    assert "Save the brand" not in page
    assert browser.post("/console/brand", data={"csrf_token": csrf_in(page), "theme": "cho"}).status_code == 403


def test_the_icon_is_the_letter_in_the_brand_colour(client: FlaskClient) -> None:
    assert "fill='%231f5a41'" in client.get("/guide").text
    icon = client.get("/favicon.ico")
    assert icon.content_type == "image/x-icon" and icon.data[:4] == b"\0\0\1\0"


@pytest.mark.parametrize("colour", ["", '{colour: "#f2b632"}'])
def test_a_page_without_a_picture_is_shared_with_one_that_is_drawn(
    product: Product, branded: Branded, colour: str
) -> None:
    from tests.pictures.files import opened

    product.apply(branded(colour or "{}"))
    client = product.app.test_client()
    for path in ("/guide", "/en/guide", "/summer"):
        page = client.get(path).text
        address = page.split('og:image" content="http://localhost')[1].split('"')[0]
        assert 'og:image:width" content="1200"' in page and 'twitter:card" content="summary_large_image"' in page
        answer = client.get(address)
        assert answer.content_type == "image/png" and len(answer.data) < 100_000
        assert opened(answer.data).size == (1200, 630)
    assert client.get(address.replace(".png", ".gif")).status_code == 404
    assert client.get("/static/og/00000000-0000-0000-0000-000000000000-vi.png").status_code == 404


def test_the_address_of_the_drawn_picture_changes_with_the_version(product: Product, branded: Branded) -> None:
    client = product.app.test_client()
    product.apply(branded("{}"))
    before = re.findall(r"/static/og/\S+?\.png", client.get("/guide").text)
    product.apply(branded("{}", "Rang mẻ đầu tiên", "Rang mẻ thứ hai"))
    assert re.findall(r"/static/og/\S+?\.png", client.get("/guide").text) != before


def test_the_picture_of_a_page_wins(product: Product, branded: Branded) -> None:
    pictures = "pictures: [{name: wide, file: wide.jpg, alt: {vi: Xưởng, en: Workshop}}]\n"
    product.apply(branded("{}", "slug: pricing", "slug: pricing\n    picture: wide", pictures))
    page = product.app.test_client().get("/en/pricing").text
    assert 'og:image:alt" content="Workshop"' in page and 'og:image:width" content="1600"' in page
    address = page.split('og:image" content="http://localhost')[1].split('"')[0]
    assert product.app.test_client().get(address).content_type == "image/jpeg"
