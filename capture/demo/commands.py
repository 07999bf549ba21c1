"""`capture demo` and `capture run`."""

from __future__ import annotations

import click

from capture.demo import load


@click.group()
def demo() -> None:
    """The demo world: Nhà Rang, a coffee roaster.

    \b
    Example:
      HOOK_CRM_SECRET=$(capture receiver --new-secret) EGRESS_ALLOW=127.0.0.1:9000 capture demo load
    """


@demo.command("load")
def load_demo() -> None:
    """Load the demo site and its first leads into this database.

    \b
    Example:
      HOOK_CRM_SECRET=$(capture receiver --new-secret) EGRESS_ALLOW=127.0.0.1:9000 capture demo load
    """
    if not load.is_empty():
        raise click.ClickException("there is a site already; the demo is for an empty database")
    load.load_site()
    click.echo(f"{load.load_people()} people came by")
