"""`gradcli eval`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.cli.options import answer, command

if TYPE_CHECKING:
    import click


@command("eval")
def eval(ctx: click.Context, **options: Any) -> None:  # noqa: A001 - the command's name
    """The value of PROGRAM: a text, @FILE, or - for standard input."""
    answer(ctx, options)
