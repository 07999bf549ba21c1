"""Pictures that marketers bring: checked, stripped, small, and served so that they can do nothing."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from capture.accounts.models import AuditEntry
from capture.pages.pictures import pictures_of
from capture.pictures.models import Picture, PictureFile, PictureOriginal
from tests.pictures.files import SOUND_SVG, opened, photo_of_a_phone, picture
from tests.products import Product, csrf_in

REFUSED = {
    "script.gif": b"GIF89a<script>alert(1)</script>",
    "page.png": b"<html><script>alert(1)</script></html>",
    "cut.jpg": picture()[:400],
    "empty.png": b"",
    "tiny.png": picture("PNG", 2, 2),
    "bomb.png": picture("PNG", 9000, 6000, "L"),
    "program.jpg": b"MZ" + bytes(400),
    "paper.pdf": b"%PDF-1.4 " + bytes(100),
    "picture.bmp": picture("BMP", 40, 40),
}


def brought(browser: FlaskClient, *files: tuple[str, bytes]) -> Any:
    token = csrf_in(browser.get("/console/pictures").text)
    data = {"csrf_token": token, "files": [(BytesIO(body), name) for name, body in files]}
    return browser.post("/console/pictures", data=data, content_type="multipart/form-data")


def test_a_picture_comes_in_three_sizes_and_three_formats(site: Product) -> None:
    browser = site.signed_in("marketer")
    answer = brought(browser, ("Xưởng Đắk Lắk.jpg", picture(width=2000, height=1000)))
    assert answer.location == f"/console/pictures/{site.rows(Picture)[0].id}"
    found = pictures_of(site.rows(Picture)[0].site_id)["xuong-dak-lak"]
    assert (found.width, found.height) == (2000, 1000)
    assert [kind for kind, _ in found.sources] == ["image/avif", "image/webp", "image/jpeg"]
    assert re.findall(r" (\d+)w", found.sources[0][1]) == ["480", "960", "1600"]
    for kind, srcset in found.sources:
        for address, width in re.findall(r"(\S+) (\d+)w", srcset):
            file = site.app.test_client().get(address)
            assert file.content_type == kind and opened(file.data).width == int(width)
            assert file.headers["X-Content-Type-Options"] == "nosniff"
            assert "immutable" in file.headers["Cache-Control"] and "Set-Cookie" not in file.headers
    assert site.rows(AuditEntry, action="pictures.add")[0].subject == "xuong-dak-lak"


def test_a_picture_is_never_made_larger(site: Product) -> None:
    brought(site.signed_in(), ("small.png", picture("PNG", 300, 200, "RGBA")))
    assert {(row.width, row.media_type) for row in site.rows(PictureFile)} == {
        (300, "image/avif"),
        (300, "image/webp"),
        (300, "image/png"),
    }


def test_nothing_of_where_it_was_taken_is_kept_and_it_stands_upright(site: Product) -> None:
    brought(site.signed_in(), ("phone.jpg", photo_of_a_phone()))
    row = site.rows(Picture)[0]
    assert (row.width, row.height) == (800, 1200)
    for body in [row.body for row in (*site.rows(PictureFile), *site.rows(PictureOriginal))]:
        assert b"SecretCamera" not in body and b"taken at home" not in body
        assert not dict(opened(body).getexif())


@pytest.mark.parametrize("name", REFUSED)
def test_what_no_decoder_reads_is_refused_whatever_its_name(site: Product, name: str) -> None:
    answer = brought(site.signed_in(), (name, REFUSED[name]))
    assert answer.status_code == 422
    assert site.count(Picture) == 0


def test_a_sound_file_beside_a_broken_one_is_kept(site: Product) -> None:
    answer = brought(site.signed_in(), ("good.jpg", picture()), ("<b>bad</b>.gif", REFUSED["script.gif"]))
    assert answer.status_code == 422
    assert "&lt;b&gt;bad&lt;/b&gt;.gif" in answer.text and "<b>bad" not in answer.text
    assert [row.name for row in site.rows(Picture)] == ["good"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "GIF"])
def test_every_usual_format_is_taken(site: Product, kind: str) -> None:
    mode = "RGB" if kind != "GIF" else "L"
    assert brought(site.signed_in(), (f"x.{kind.lower()}", picture(kind, 64, 48, mode))).status_code == 303


def test_a_name_is_made_and_is_free(site: Product) -> None:
    browser = site.signed_in()
    for name in ("../../etc/passwd.jpg", "Ảnh.jpg", "ảnh.PNG", "console.jpg", "???.jpg"):
        brought(browser, (name, picture(width=40, height=40)))
    names = [row.name for row in site.rows(Picture)]
    assert sorted(names) == ["anh", "anh-2", "console-2", "passwd", "picture"]


def test_who_may_not_edit_pictures_may_not_bring_one(site: Product) -> None:
    for role, email in (("viewer", "v@example.com"), ("sales", "s@example.com"), ("recruiter", "r@example.com")):
        browser = site.signed_in(role, email)
        assert browser.get("/console/pictures").status_code == 403
        assert browser.post("/console/pictures").status_code in {400, 403}


def test_words_focus_and_shape_are_kept_and_cut(site: Product) -> None:
    browser = site.signed_in()
    brought(browser, ("wide.jpg", picture(width=1200, height=600)))
    address = f"/console/pictures/{site.rows(Picture)[0].id}"
    page = browser.get(address).text
    form = {
        "csrf_token": csrf_in(page),
        "alt.vi": "Đỏ và xanh",
        "alt.en": "Red and blue",
        "focal_x": "100",
        "focal_y": "0",
    }
    assert browser.post(address, data={**form, "crop": "1:1"}).status_code == 303
    row = site.rows(Picture)[0]
    assert (row.width, row.height, row.focal_x, row.alt["en"]) == (600, 600, 100, "Red and blue")
    found = pictures_of(row.site_id)["wide"]
    assert found.focal == "top-right" and found.in_locale("vi").alt == "Đỏ và xanh"
    cut = opened(site.app.test_client().get(found.src).data).convert("RGB")
    assert cut.getpixel((5, 5))[2] > 150, "the cut is around the focus: the blue half"
    browser.post(address, data={**form, "crop": ""})
    assert (site.rows(Picture)[0].width, site.rows(Picture)[0].height) == (1200, 600), "the whole is there still"


def test_a_picture_that_is_taken_away_is_offered_no_more(site: Product) -> None:
    browser = site.signed_in()
    brought(browser, ("wide.jpg", picture()))
    address = f"/console/pictures/{site.rows(Picture)[0].id}"
    page = browser.get(address).text
    whole = page.split('data-focal>\n<img src="')[1].split('"')[0]
    assert opened(browser.get(whole).data).size == (1200, 800)
    assert browser.post(f"{address}/retirement", data={"csrf_token": csrf_in(page)}).status_code == 303
    assert browser.get(address).status_code == 404
    assert pictures_of(site.rows(Picture)[0].site_id) == {}


def test_machines_bring_and_list_pictures(site: Product, client: FlaskClient) -> None:
    write, read = site.token("config:write"), site.token("config:read")
    made = client.post("/api/v1/pictures?name=Cold brew", data=picture(), headers=write, content_type="image/jpeg")
    assert made.status_code == 201 and made.json["pictures"][0]["name"] == "cold-brew"
    form = {"file": (BytesIO(picture("PNG")), "two.png")}
    assert client.post("/api/v1/pictures", data=form, headers=write).status_code == 201
    assert [one["name"] for one in client.get("/api/v1/pictures", headers=read).json["pictures"]] == [
        "two",
        "cold-brew",
    ]
    refused = client.post("/api/v1/pictures", data=b"GIF89a<script>", headers=write)
    assert refused.status_code == 422 and refused.content_type == "application/problem+json"
    assert client.post("/api/v1/pictures", data=picture(), headers=read).status_code == 403
    assert client.post("/api/v1/pictures", data=b"", headers=write).status_code == 422


def test_a_drawing_is_served_so_that_it_can_do_nothing(site: Product) -> None:
    brought(site.signed_in(), ("logo.svg", SOUND_SVG))
    found = pictures_of(site.rows(Picture)[0].site_id)["logo"]
    answer = site.app.test_client().get(found.src)
    assert answer.content_type == "image/svg+xml" and found.sources == ()
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_shelf_keeps_no_more_pictures_than_it_has_room_for(site: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    brought(site.signed_in(), ("a.jpg", picture()), ("b.png", picture("PNG", 900, 900)))
    shelf = site.app.extensions["capture.shelf"]
    monkeypatch.setattr("capture.core.shelf.MOST_PICTURE_BYTES", 4_000)
    for row in site.rows(PictureFile):
        assert site.app.test_client().get(f"/static/pictures/{row.digest}/x").status_code == 200
    kept = sum(item.weight for item in shelf._items.values())
    assert 0 < kept <= max(4_000, max(len(row.body) for row in site.rows(PictureFile)))
