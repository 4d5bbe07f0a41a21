"""`gradcli help`."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

import click

from gradcli.cli.split import Listed
from gradcli.engine.question import EVERYDAY
from gradcli.errors import UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from gradcli.data.console import Console

TOPICS = tuple(
    """language values functions derivatives pictures formats tables precision speed python
    snippets""".split()
)
"""Pages in `cli/pages`, in the order in which they are read."""

WIDEST = 100
"""Columns beyond which lines of text are hard to read."""


def _offered(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """What a shell may offer: commands and topics."""
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    names = dict.fromkeys([*group.list_commands(ctx), *TOPICS])
    return [name for name in names if name.startswith(incomplete)]


@click.command("help", cls=Listed, group=EVERYDAY, rank=13, examples=("help grad", "help language"))
@click.argument("name", required=False, metavar="[COMMAND|TOPIC]", shell_complete=_offered)
@click.pass_context
def help(ctx: click.Context, name: str | None) -> None:  # noqa: A001 - the command's name
    """What there is; how a COMMAND is used; or a page about a TOPIC.

    The topics are language, values, functions, derivatives, pictures, formats, tables, precision,
    speed, python for use from Python, and snippets of other frameworks.
    """
    parent = ctx.parent
    assert parent is not None
    assert isinstance(parent.command, click.Group)
    if name is None:
        click.echo(parent.get_help())
        return
    is_topic = name in TOPICS
    near = None if is_topic else nearest(name, TOPICS)
    if not is_topic and parent.command.get_command(parent, name) is None:
        near = near or nearest(name, parent.command.list_commands(parent))
        if near is not None:
            raise UsageError(f"there is no page '{name}'", help=f"gradcli help {near}")
    if not is_topic or parent.command.get_command(parent, name) is not None:
        try:
            _, command, _ = parent.command.resolve_command(parent, [name])
        except UsageError as error:
            raise error.advised(f"{error.help}; pages are {', '.join(TOPICS)}") from None
        assert command is not None
        click.echo(command.get_help(click.Context(command, parent, name)) + "\n" * is_topic)
    if is_topic:
        _show(page(name), ctx.obj)


def page(topic: str) -> str:
    """The text of a page, as Markdown."""
    return files("gradcli.cli").joinpath("pages", f"{topic}.md").read_text("utf-8")


def _show(markdown: str, console: Console) -> None:
    """A page: laid out on a terminal, as it stands in a pipe."""
    if not console.is_terminal:
        console.write(markdown)
        return
    from rich.console import Console as Screen

    from gradcli.cli.sheet import Sheet

    width = min(console.width, WIDEST)
    screen = Screen(file=console.stdout, width=width, no_color=not console.colour, emoji=False)
    screen.print(Sheet(markdown))
