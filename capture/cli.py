"""`capture`: the operators' door."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import click

EXAMPLES = """
\b
Examples:
  capture serve
  capture apply sites/nha-rang.yaml
  capture user add linh@example.com --role marketer
"""


class _Commands(click.Group):
    """The rooms' commands; the application is made when one of them runs, not when somebody asks for help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *_commands()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or _commands().get(name)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        found = super().resolve_command(ctx, args)
        if found[0] not in self.commands and "--help" not in args:
            ctx.with_resource(_application().app_context())
        return found


@cache
def _commands() -> dict[str, click.Command]:
    from capture import rooms
    from capture.core.doors import Doors

    doors = Doors()
    rooms.install(doors)
    return {str(command.name): command for command in doors.commands}


@cache
def _application() -> Any:
    from capture import create_app

    return create_app()


@click.group(cls=_Commands, help="Landing pages and lead capture." + EXAMPLES)
def cli() -> None:
    pass


@cli.command()
def serve() -> None:
    """Start the web server; runs in the foreground, ends cleanly on SIGTERM.

    \b
    Example:
      PORT=8080 capture serve
    """
    from capture.serving.start import start

    start()


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema.

    \b
    Example:
      DATABASE_URL=postgresql://capture@localhost/capture capture migrate
    """
    from capture.core.migrations import upgrade

    app = _application()
    with app.app_context():
        for line in upgrade(app):
            click.echo(line)


@cli.command()
def doctor() -> None:
    """Check the installation, and say how to mend it. Ends with 1 when something must be mended.

    \b
    Example:
      capture doctor
    """
    from capture.doctor import findings

    app = _application()
    with app.app_context():
        found = findings(app)
    for one in found:
        click.echo(f"{one.mark} {one.subject}: {one.text}")
    if any(one.is_bad for one in found):
        raise SystemExit(1)


@cli.command("run")
def run() -> None:
    """Everything at once, for trying it out: web server, worker, demo CRM, demo site.

    \b
    Examples:
      capture run
      PORT=8080 DEMO=off capture run
    """
    from capture.demo.run import run_all

    run_all()


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage."""
    from capture.core.advice import EXPECTED, sentence_of

    try:
        cli.main(arguments, prog_name="capture")
    except EXPECTED as error:
        click.echo(f"Error: {sentence_of(error)}", err=True)
        sys.exit(1)
