"""Tags of ad platforms: by id only, and the policy is relaxed nowhere but where it must be."""

from __future__ import annotations

from pathlib import Path

import pytest

from capture.core.errors import Invalid
from tests.pages.composed import compose
from tests.products import Product

TAGS = {"meta": "123456789012", "google": "AW-1234567890/abcdefgh", "tiktok": "C4A1B2C3D4E5F6G7H8I9"}
HERO = {"type": "hero", "heading": "Xin chào"}
FORM = {"type": "form"}
VIDEO = {"type": "video", "video": "dQw4w9WgXcQ"}
STRICT = {"script-src 'self'", "img-src 'self' data:", "connect-src 'self'", "form-action 'self'"}


def policy(product: Product, path: str) -> set[str]:
    header = product.app.test_client().get(path).headers["Content-Security-Policy"]
    return {one.strip() for one in header.split(";")}


def thanks(product: Product) -> str:
    sent = product.app.test_client().post("/f/guide", data={"email": "an@example.com", "_page": "made"})
    return str(sent.headers["Location"])


def test_without_a_tag_the_policy_is_strict_and_nothing_is_included(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, HERO, FORM)
    assert policy(product, "/made") > STRICT
    assert "tags.js" not in product.app.test_client().get("/made").text
    assert policy(product, thanks(product)) > STRICT
    assert "frame-src" not in str(policy(product, thanks(product)))
    assert product.app.test_client().get("/_thanks/01a21bbe-f27c-7088").status_code == 404


def test_with_tags_the_policy_lets_in_their_vendors_and_nobody_else(product: Product, tmp_path: Path) -> None:
    compose(product, tmp_path, HERO, FORM, site={"tags": {"meta": TAGS["meta"]}})
    found = policy(product, "/made")
    assert "script-src 'self' https://connect.facebook.net" in found
    assert "google" not in str(found) and "tiktok" not in str(found)
    body = product.app.test_client().get("/made").text
    assert "tags.js" in body and '{"meta": "123456789012"}' in body
    assert "connect.facebook.net" not in body, "nothing of theirs is in the page itself"
    assert policy(product, "/nothing") > STRICT, "a message is no page of the campaign"


def test_the_thank_you_page_shows_the_conversion_under_an_address_without_the_visitors_token(
    product: Product, tmp_path: Path
) -> None:
    compose(product, tmp_path, HERO, FORM, site={"tags": TAGS})
    address = thanks(product)
    token = address.rsplit("/", 1)[1]
    body = product.app.test_client().get(address).text
    frame = body.split('data-frame="', 1)[1].split('"', 1)[0]
    assert frame == f"/_thanks/{token.split('.')[0]}"
    assert "frame-src 'self'" in policy(product, address) and policy(product, address) > STRICT
    inner = product.app.test_client().get(frame)
    assert token not in inner.text and frame.rsplit("/", 1)[1] in inner.text
    assert inner.headers["Cache-Control"] == "no-store"
    assert "https://analytics.tiktok.com" in str(policy(product, frame))
    assert product.app.test_client().get("/_thanks/%22%3E%3Cb%3E").status_code == 404


def test_a_video_lets_in_its_player_on_its_page_alone(product: Product, tmp_path: Path) -> None:
    other = {"slug": "other", "title": "Khác", "blocks": [HERO]}
    hidden = {"slug": "hidden", "title": "Ẩn", "blocks": [HERO, {**VIDEO, "hidden": True}]}
    compose(product, tmp_path, HERO, VIDEO, more_pages=[other, hidden])
    assert "frame-src https://www.youtube-nocookie.com" in policy(product, "/made")
    body = product.app.test_client().get("/made").text
    assert "<iframe" not in body and 'src="https://' not in body
    for path in ("/other", "/hidden"):
        assert "frame-src" not in str(policy(product, path))


@pytest.mark.parametrize(
    "tags",
    [
        {"meta": "12345678'); alert(1)//"},
        {"google": "GTM-ABCD123"},
        {"google": "UA-1-1"},
        {"tiktok": "abc"},
        {"zalo": "<script>"},
        {"meta": 123456789012},
        {"linkedin": "1"},
    ],
)
def test_a_tag_is_an_id_and_nothing_else(product: Product, tmp_path: Path, tags: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        compose(product, tmp_path, HERO, site={"tags": tags})
