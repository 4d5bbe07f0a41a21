"""Errors and warnings on a terminal, in colour where there is colour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from gradcli.errors import GradcliError, InputError, UsageError, as_error, is_out_of_memory, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcli.data.console import Console
    from gradcli.errors import Notice


def as_gradcli_error(error: Exception) -> GradcliError:
    """Any exception as one of ours, those of click and of writing the answer, too."""
    if isinstance(error, GradcliError):
        return error
    if isinstance(error, click.UsageError):
        message = error.format_message().rstrip(".")
        if surplus := re.fullmatch(r"Got unexpected extra arguments? \((.+)\)", message):
            return UsageError(f"there is no place for the argument '{surplus[1]}'")
        return UsageError(message[:1].lower() + message[1:])
    if isinstance(error, OSError) and not is_out_of_memory(error):
        return InputError(f"the answer cannot be written: {(error.strerror or str(error)).lower()}")
    return as_error(error, "this is a bug in gradcli; --debug shows where")


def tell(notices: Iterable[Notice], console: Console) -> None:
    """Shows warnings on standard error."""
    for notice in notices:
        console.tell(coloured(render(notice), console))


def complain(error: GradcliError, console: Console) -> None:
    """Shows an error on standard error, as JSON where the answer was to be."""
    if wants_json(console):
        from gradcli.data.json_text import json_text

        console.tell(json_text({"error": error.as_dict()}))
    else:
        console.tell(coloured(render(error), console))


def wants_json(console: Console) -> bool:
    """Whether the answer was to be JSON, as far as the arguments tell."""
    wish = console.environ.get("GRADCLI_FORMAT", "")
    args = console.arguments
    for arg, value in zip(args, [*args[1:], ""], strict=False):
        if arg == "--":
            break
        if arg in ("-o", "--format"):
            wish = value
        elif arg.startswith("--format="):
            wish = arg.partition("=")[2]
    return wish == "json"


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
