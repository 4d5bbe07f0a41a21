"""Errors and warnings on a terminal, in colour where there is colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from gradcli.errors import render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.data.console import Console
    from gradcli.errors import Notice


def tell(notices: Iterable[Notice], console: Console) -> None:
    """Shows warnings on standard error."""
    for notice in notices:
        console.tell(coloured(render(notice), console))


def coloured(text: str, console: Console) -> str:
    """A message with its label, its carets and its help in colour, where there is colour."""
    if not console.stderr_colour:
        return text
    lines = text.split("\n")
    label, colon, rest = lines[0].partition(":")
    colour = "red" if label == "error" else "yellow"
    lines[0] = click.style(label + colon, fg=colour, bold=True) + click.style(rest, bold=True)
    for i, line in enumerate(lines[1:], 1):
        if line.strip(" │^") == "" and "^" in line:
            lines[i] = click.style(line, fg=colour, bold=True)
        elif line.startswith("  help:"):
            lines[i] = click.style("  help:", fg="cyan", bold=True) + line[7:]
    return "\n".join(lines)
