"""`gradcli version`."""

from __future__ import annotations

import click

from gradcli import __version__
from gradcli.cli.split import Listed
from gradcli.engine.question import EVERYDAY


@click.command("version", cls=Listed, group=EVERYDAY, rank=14)
def version() -> None:
    """The version of gradcli."""
    click.echo(f"gradcli {__version__}")
