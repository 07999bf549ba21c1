"""`capture routes`: what the console has, read from its code."""

from __future__ import annotations

import click
import orjson
from flask import current_app

from capture.team.routes import routes_of


@click.command()
@click.option("--door", type=click.Choice(("console", "api", "public")), default="console", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON list, for a program.")
def routes(door: str, as_json: bool) -> None:
    """List routes with their methods, the permission or scope they need, and the screens they show.

    \b
    Examples:
      capture routes
      capture routes --door api --json
    """
    found = routes_of(current_app._get_current_object(), door)  # type: ignore[attr-defined]
    if as_json:
        click.echo(orjson.dumps([vars(one) for one in found], option=orjson.OPT_INDENT_2).decode())
        return
    for one in found:
        click.echo(f"{' '.join(one.methods):<10} {one.path:<58} {one.needs:<20} {' '.join(one.screens)}".rstrip())
