"""`capture apply` and `capture export`."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from capture.core.db import db
from capture.core.errors import Invalid
from capture.sites.apply import Applied, apply_file, rehearse_file
from capture.sites.export import SITE_FILE, exported, files_of, text_of, write_beside
from capture.sites.models import Site
from capture.sites.section import Section


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, line by line, and change nothing.")
@click.option("--prune", is_flag=True, help="Retire what the file doesn't name.")
def apply(files: tuple[Path, ...], dry_run: bool, prune: bool) -> None:
    """Apply site files: pages, forms, offers, scoring and destinations as code.

    A wrong file is refused whole. Applying twice changes nothing.

    \b
    Examples:
      capture apply sites/nha-rang.yaml
      capture apply --dry-run --prune sites/nha-rang.yaml
    """
    sections = current_app.extensions["capture.doors"].sections
    for file in files:
        try:
            applied = (
                rehearse_file(file, sections, prune=prune)
                if dry_run
                else Applied(apply_file(file, sections, prune=prune))
            )
        except Invalid as refusal:
            raise click.ClickException(refusal.message) from refusal
        _tell(file, applied, dry_run=dry_run)


def _tell(file: Path, applied: Applied, *, dry_run: bool) -> None:
    would = "would change" if dry_run else "changes"
    click.echo(f"{file}: " + ("nothing to change" if not applied.changes else f"{len(applied.changes)} {would}"))
    for change in applied.changes:
        click.echo(f"  {change}")
    if dry_run:
        before, after = applied.before.splitlines(), applied.after.splitlines()
        for line in difflib.unified_diff(before, after, "now", str(file), lineterm="", n=2):
            click.echo(line)


@click.command()
@click.option("--site", "slug", help="The site's slug; needed where there are several.")
@click.option(
    "--files",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write it into a folder, with the files that it names.",
)
def export(slug: str | None, folder: Path | None) -> None:
    """Print a site as its site file. `apply` takes it back; secrets stand in it only as `env:` or `stored`.

    What was begun and never published is no part of the site: it is named on stderr and left out.
    With `--files` the folder gets `site.yaml` and, beside it, the pictures and the files of offers.

    \b
    Examples:
      capture export > sites/nha-rang.yaml
      capture export --files sites/nha-rang
    """
    found = {row.slug: row.id for row in db.session.execute(select(Site.slug, Site.id).order_by(Site.id))}
    if not found:
        raise click.ClickException("there is no site yet: capture apply site.yaml")
    if slug is None and len(found) > 1:
        raise click.UsageError(f"there are several sites: --site {' | '.join(found)}")
    if slug is not None and slug not in found:
        raise click.UsageError(f"there is no site {slug!r}; there are {', '.join(found)}")
    site_id = found[slug] if slug else next(iter(found.values()))
    sections = current_app.extensions["capture.doors"].sections
    text = text_of(exported(db.session.connection(), site_id, sections))
    _tell_unfinished(site_id, sections)
    if folder is None:
        click.echo(text, nl=False)
    else:
        count = write_beside(folder, text, files_of(db.session.connection(), site_id, sections))
        click.echo(f"{folder / SITE_FILE}: written, with {count} files beside it")


def _tell_unfinished(site_id: str, sections: Sequence[Section]) -> None:
    for section in sections:
        names = section.unfinished(db.session.connection(), site_id) if section.unfinished else ()
        if names:
            click.echo(f"left out, never published: {section.name} {', '.join(names)}", err=True)
