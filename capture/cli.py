"""`capture`: the operators' door."""

from __future__ import annotations

import sys
from collections.abc import Sequence
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
    """The rooms' commands; the application is made when one of them runs."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *self._rooms()})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return super().get_command(ctx, name) or self._rooms().get(name)

    def _rooms(self) -> dict[str, click.Command]:
        app = _application()
        return {str(command.name): command for command in app.extensions["capture.doors"].commands}

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        found = super().resolve_command(ctx, args)
        if found[0] not in self.commands:
            ctx.with_resource(_application().app_context())
        return found


_made: list[Any] = []


def _application() -> Any:
    if not _made:
        from capture import create_app

        _made.append(create_app())
    return _made[0]


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
    """Check the installation, and say how to mend it."""
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
    """Everything at once, for trying it out: web server, worker, demo CRM, demo site."""
    from capture.demo.run import run_all

    run_all()


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit codes: 0 done, 1 failed, 2 wrong usage."""
    from capture.settings import BadSetting

    try:
        cli.main(arguments, prog_name="capture")
    except BadSetting as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
