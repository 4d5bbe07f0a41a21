"""`gradcli help`."""

from __future__ import annotations

from importlib.resources import files

import click

from gradcli.cli.split import Listed
from gradcli.engine.question import EVERYDAY

TOPICS = ("python",)
"""Topics that are no command: texts in `cli/pages`."""


@click.command("help", cls=Listed, group=EVERYDAY, rank=9)
@click.argument("command", required=False)
@click.pass_context
def help(ctx: click.Context, command: str | None) -> None:  # noqa: A001 - the command's name
    """What there is, or with a COMMAND how it is used; `help python` for use from Python."""
    parent = ctx.parent
    assert parent is not None
    if command is None:
        click.echo(parent.get_help())
        return
    if command in TOPICS:
        text = files("gradcli.cli").joinpath("pages", f"{command}.txt").read_text("utf-8")
        click.echo(text, nl=False)
        return
    assert isinstance(parent.command, click.Group)
    _, found, _ = parent.command.resolve_command(parent, [command])
    assert found is not None
    click.echo(found.get_help(click.Context(found, parent, command)))
