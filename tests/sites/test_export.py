"""The site as a file: what `export` writes `apply` takes, a rehearsal leaves no trace, pruning retires the rest."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from flask import Flask

from capture.core.clock import now
from capture.core.transactions import transaction
from capture.delivery.models import Destination
from capture.delivery.signatures import key_of
from capture.demo.load import SITE_FILE
from capture.formbuilder.models import Form
from capture.pages.drafts import create_page
from capture.pages.models import Page
from capture.sites.commands import apply, export
from capture.sites.models import Site
from tests.products import Product

STANDARD = Path(__file__).parents[1] / "site.yaml"


def told(app: Flask, command: object, *arguments: str, code: int = 0) -> str:
    """What a command prints; the exit code is checked."""
    done = CliRunner().invoke(command, list(arguments))  # type: ignore[arg-type]
    assert done.exit_code == code, done.output
    return done.output


def beside(file: Path, folder: Path, text: str) -> Path:
    """The text as a site file, with the files of another one beside it."""
    for asset in file.parent.rglob("*.pdf"):
        copy = folder / asset.relative_to(file.parent)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(asset.read_bytes())
    (folder / "site.yaml").write_text(text)
    return folder / "site.yaml"


def test_what_is_exported_applies_and_changes_nothing(product: Product, app: Flask, tmp_path: Path) -> None:
    for file in (STANDARD, SITE_FILE):
        product.empty()
        product.apply(file)
        again = beside(file, tmp_path, told(app, export))
        assert product.apply(again) == []
        assert told(app, export) == again.read_text()


def test_an_exported_site_makes_the_same_site_elsewhere(product: Product, app: Flask, tmp_path: Path) -> None:
    product.apply(STANDARD)
    file = beside(STANDARD, tmp_path, told(app, export))
    product.empty()
    product.apply(file)
    assert told(app, export) == file.read_text()


def test_a_campaign_with_a_secret_of_its_own_applies_elsewhere(product: Product, app: Flask, tmp_path: Path) -> None:
    """`stored` stays behind: there the destination gets a secret of its own, and whoever applies is told."""
    product.apply(STANDARD)
    stored = told(app, export).replace("env:HOOK_CRM_SECRET", "stored")
    file = beside(STANDARD, tmp_path, stored)
    product.empty()
    said = told(app, apply, str(file))
    secret = product.rows(Destination, name="crm")[0].secret
    assert "destination crm: new, with a new secret" in said and secret not in said and key_of(secret)
    assert product.apply(file) == [] and told(app, export) == stored
    assert product.rows(Destination, name="crm")[0].secret == secret


def test_a_rehearsal_shows_each_change_and_changes_nothing(site: Product, app: Flask, tmp_path: Path) -> None:
    before = told(app, export)
    file = beside(STANDARD, tmp_path, before.replace("Mùa hè", "Mùa hạ"))
    said = told(app, apply, "--dry-run", str(file))
    assert "page summer: version 2" in said
    assert "-    title: {vi: Mùa hè, en: Summer}" in said and "+    title: {vi: Mùa hạ, en: Summer}" in said
    assert told(app, export) == before


def test_pruning_retires_what_the_file_does_not_name(site: Product, app: Flask, tmp_path: Path) -> None:
    text = STANDARD.read_text()
    shorter = text[: text.index("  - slug: pricing")] + text[text.index("scoring:") :]
    file = beside(STANDARD, tmp_path, shorter.replace("  - slug: odd", "  - slug: strange"))
    assert site.apply(file) == ["form strange: new"], "without pruning nothing is retired"
    assert "form odd: retired" in told(app, apply, "--prune", str(file))
    assert site.rows(Page, slug="pricing")[0].retired_at is not None
    assert site.rows(Form, slug="odd")[0].retired_at is not None
    assert site.app.test_client().get("/pricing").status_code == 404


def test_the_secret_of_a_destination_is_never_exported(site: Product, app: Flask) -> None:
    assert "secret: env:HOOK_CRM_SECRET" in told(app, export)


def test_what_was_begun_and_never_published_is_named_and_left_out(site: Product, app: Flask) -> None:
    content = {"slug": "thu-dong", "title": {"vi": "Thu đông", "en": "Autumn"}, "blocks": []}
    site_id = site.rows(Site)[0].id
    with transaction() as write:
        create_page(write, content, site_id=site_id, by="linh@example.com", at=now())
    done = CliRunner().invoke(export)
    assert "thu-dong" not in done.stdout
    assert done.stderr == "left out, never published: pages thu-dong\n"
