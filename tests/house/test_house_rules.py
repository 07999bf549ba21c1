"""Rules of the house that a machine can check."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from jinja2 import nodes

from capture import rooms, settings
from capture.accounts.guards import OPEN
from capture.core.db import Base, db
from capture.core.migrations import downgrade, upgrade
from capture.core.texts import translations
from capture.pages.block import blocks
from forms import field_kinds
from tests.house.words import fixed_texts
from tests.products import Product

ROOT = Path(__file__).resolve().parents[2]
STRANGERS = {"console": 303, "api": 401}


def routes(app: Flask, prefix: str) -> list[str]:
    return sorted({str(rule) for rule in app.url_map.iter_rules() if str(rule).startswith(prefix)})


@pytest.mark.parametrize(("door", "prefix"), [("console", "/console"), ("api", "/api/v1")])
def test_every_closed_route_names_what_it_needs(app: Flask, door: str, prefix: str) -> None:
    mark = "_permission" if door == "console" else "_scope"
    for rule in app.url_map.iter_rules():
        if str(rule).startswith(prefix) and "nothing" not in rule.endpoint:
            assert getattr(app.view_functions[rule.endpoint], mark, None), f"{rule} names nothing"


@pytest.mark.parametrize(("door", "prefix"), [("console", "/console"), ("api", "/api/v1")])
def test_strangers_stay_outside_everywhere(site: Product, door: str, prefix: str) -> None:
    client = site.app.test_client()
    for rule in [*site.app.url_map.iter_rules()]:
        view = site.app.view_functions[rule.endpoint]
        if not str(rule).startswith(prefix) or OPEN in (getattr(view, "_permission", ""), getattr(view, "_scope", "")):
            continue
        path = re.sub(r"<[^>]+>", "x", str(rule))
        for method in (rule.methods or set()) - {"OPTIONS"}:
            assert client.open(path, method=method).status_code == STRANGERS[door], f"{method} {path}"
    for path in (f"{prefix}/nothing", f"{prefix}/nothing/at/all"):
        assert client.get(path).status_code == STRANGERS[door]


def test_every_table_about_people_says_what_becomes_of_it() -> None:
    rooms.load_models()
    people = {"lead", "visitor"}
    for table in Base.metadata.sorted_tables:
        refers = {key.column.table.name for key in table.foreign_keys} & people
        if refers or table.name in people:
            mark = table.info.get("personal")
            assert mark in {"erase", "hash", "keep"}, f"{table.name} refers to {refers} and says nothing"
            assert mark != "keep" or table.info.get("why"), f"{table.name} keeps personal data without a reason"


def test_every_setting_is_in_the_documented_table() -> None:
    documented = (ROOT / "docs" / "settings.md").read_text()
    for setting in settings.SETTINGS:
        assert f"`{setting.name}`" in documented, f"{setting.name} is not documented"


def test_every_fixed_text_is_said_in_vietnamese() -> None:
    catalogue = translations("vi")
    missing = [
        text for text in fixed_texts() if catalogue.gettext(text) == text and catalogue.ngettext(text, text, 2) == text
    ]
    assert [text for text in missing if text not in SAME_IN_BOTH] == []


SAME_IN_BOTH = {
    "Giấy",
    "Đêm",
    "Chợ",
    "Ebook",
    "Site",
    "SMS",
    "Email",
    "Lead",
    "Leads",
    "MQL",
    "SQL",
    "IQL",
    "English",
    "Tiếng Việt",
    "capture",
    "Marketer",
    "Sales",
    *("Logo", "Video", "YouTube", "Vimeo", "Messenger", "WhatsApp", "Zalo", "https://shop.example.com/search"),
}


def test_migrations_match_the_models(product: Product) -> None:
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": False}), Base.metadata
        )
    assert differences == []


def test_migrations_go_down_and_up_again(product: Product) -> None:
    downgrade("base")
    upgrade(product.app)
    product.empty()


def test_every_block_has_its_template_and_a_sound_example() -> None:
    for name, block in blocks().items():
        assert (ROOT / "templates" / "pages" / "blocks" / f"{name}.html").is_file()
        assert block.shape.model_validate(dict(block.example)).type == name  # type: ignore[attr-defined]
        assert block.label and block.about and block.spot in {"flow", "banner", "call", "foot"}
        assert block.spot == "flow" or block.once
        assert block.words(dict(block.example), "vi") is not None


def test_every_icon_of_a_block_is_in_the_sprite() -> None:
    sprite = (ROOT / "static" / "console" / "icons.svg").read_text()
    assert [block.icon for block in blocks().values() if f'id="{block.icon}"' not in sprite] == []


def test_every_field_of_a_block_is_named_for_the_editor() -> None:
    nameless = [
        f"{name}.{field}"
        for name, block in blocks().items()
        for field, info in block.shape.model_fields.items()
        if field != "type" and not info.title
    ]
    assert nameless == []


def test_every_style_and_behaviour_belongs_to_a_block() -> None:
    files = (ROOT / "static" / "pages" / "blocks").iterdir()
    assert {file.stem for file in files} - {"_picture"} <= set(blocks())


def test_every_field_kind_has_examples() -> None:
    assert {"text", "email", "phone", "select", "checkbox", "textarea", "hidden", "consent"} <= set(field_kinds())
    assert all(kind.examples for kind in field_kinds().values())


def test_the_geocoder_is_never_loaded() -> None:
    for path in [*(ROOT / "capture").rglob("*.py"), *(ROOT / "forms").rglob("*.py")]:
        assert not re.search(
            r"phonenumbers\.(geocoder|carrier|timezone)|import (geocoder|carrier)", path.read_text()
        ), path


def test_every_template_imports_what_it_calls_and_nothing_else(app: Flask) -> None:
    trees = {path: app.jinja_env.parse(path.read_text()) for path in (ROOT / "templates").rglob("*.html")}
    macros = {macro.name for tree in trees.values() for macro in tree.find_all(nodes.Macro)}
    for name, tree in trees.items():
        used = {one.name for one in tree.find_all(nodes.Name) if one.ctx == "load"}
        called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
        imported = {
            one if isinstance(one, str) else one[1] for line in tree.find_all(nodes.FromImport) for one in line.names
        }
        own = {macro.name for macro in tree.find_all(nodes.Macro)} | set(app.jinja_env.globals)
        assert imported - used == set(), name
        assert (called & macros) - imported - own == set(), name


def test_no_file_grows_beyond_a_room() -> None:
    long = [path for path in (ROOT / "capture").rglob("*.py") if len(path.read_text().splitlines()) > 300]
    assert long == []
