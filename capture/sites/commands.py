"""`capture apply`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app

from capture.core.errors import Invalid
from capture.sites.apply import apply_file


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def apply(files: tuple[Path, ...]) -> None:
    """Apply site files: pages, forms, offers, scoring and destinations as code.

    A wrong file is refused whole. Applying twice changes nothing.

    \b
    Example:
      capture apply sites/nha-rang.yaml
    """
    for file in files:
        try:
            changes = apply_file(file, current_app.extensions["capture.doors"].sections)
        except Invalid as refusal:
            raise click.ClickException(refusal.message) from refusal
        click.echo(f"{file}: " + ("nothing to change" if not changes else f"{len(changes)} changes"))
        for change in changes:
            click.echo(f"  {change}")
