"""Pictures in the site file: files beside it, exported beside it, and known again without being made anew."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from capture.core.errors import Invalid
from capture.pictures.models import Picture, PictureFile
from capture.sites.commands import export
from tests.pictures.files import SOUND_SVG, picture
from tests.products import Product
from tests.sites.test_export import STANDARD, beside, told

PICTURES = """pictures:
  - {name: workshop, file: pictures/workshop.jpg, alt: {vi: Xưởng rang, en: The workshop}, focal: [50, 30]}
  - {name: logo, file: pictures/logo.svg}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "workshop.jpg").write_bytes(picture(width=600, height=400))
    (tmp_path / "pictures" / "logo.svg").write_bytes(SOUND_SVG)
    return beside(STANDARD, tmp_path, STANDARD.read_text() + PICTURES)


def test_applying_twice_makes_nothing_anew(product: Product, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [line for line in product.apply(file) if "picture" in line] == ["picture workshop: new", "picture logo: new"]
    monkeypatch.setattr("capture.pictures.sitefile.made_of", lambda *_, **__: pytest.fail("it is known already"))
    assert product.apply(file) == []


def test_an_export_with_its_files_makes_the_same_site_elsewhere(
    product: Product, app: Flask, file: Path, tmp_path: Path
) -> None:
    product.apply(file)
    text, folder = told(app, export), tmp_path / "out"
    assert "3 files beside it" in told(app, export, "--files", str(folder))
    assert (folder / "site.yaml").read_text() == text
    assert product.apply(folder / "site.yaml") == [], "what was exported is known again"
    product.empty()
    product.apply(folder / "site.yaml")
    assert told(app, export) == text


def test_a_file_that_is_not_there_is_taken_from_what_is_kept(product: Product, file: Path) -> None:
    product.apply(file)
    (file.parent / "pictures" / "workshop.jpg").unlink()
    assert product.apply(file) == []
    file.write_text(file.read_text().replace("focal: [50, 30]", "focal: [50, 30], crop: 1:1").replace("1:1", '"1:1"'))
    assert product.apply(file) == ["picture workshop: changed"]
    assert product.rows(Picture, name="workshop")[0].width == 400
    assert product.apply(file) == []


def test_other_content_under_the_same_name_replaces_it(product: Product, file: Path) -> None:
    product.apply(file)
    before = {row.digest for row in product.rows(PictureFile)}
    (file.parent / "pictures" / "workshop.jpg").write_bytes(picture(width=300, height=300))
    assert product.apply(file) == ["picture workshop: changed"]
    assert product.rows(Picture, name="workshop")[0].width == 300
    assert {row.digest for row in product.rows(PictureFile)} != before


@pytest.mark.parametrize(
    ("old", "new", "path", "why"),
    [
        ("pictures/workshop.jpg", "../../etc/passwd", "pictures[0].file", "no file"),
        ("pictures/workshop.jpg", "guide.pdf", "pictures[0].file", "JPEG"),
        ("name: logo", "name: workshop", "pictures[1].name", "two pictures"),
        ("focal: [50, 30]", "focal: [50, 130]", "pictures[0].focal", "100"),
        ("name: logo", "name: Lô gô", "pictures[1].name", ""),
    ],
)
def test_a_wrong_picture_refuses_the_whole_file(
    product: Product, file: Path, old: str, new: str, path: str, why: str
) -> None:
    file.write_text(file.read_text().replace(old, new))
    with pytest.raises(Invalid) as refusal:
        product.apply(file)
    assert path in refusal.value.message and why in refusal.value.message
    assert product.count(Picture) == 0
