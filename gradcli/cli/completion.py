"""What a shell may offer for a word that is half typed: names of the program, functions, files."""

from __future__ import annotations

import re
from glob import glob, has_magic
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from gradcli.engine.functions import names_with
from gradcli.engine.program import Text
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    import click


def variables(program: str, incomplete: str) -> list[CompletionItem]:
    """The options that are the inputs of a program."""
    try:
        names = Text(program).names().inputs
    except GradcliError:
        return []
    return [CompletionItem(f"--{n}") for n in names if f"--{n}".startswith(incomplete)]


def inputs(program: str, incomplete: str) -> list[CompletionItem]:
    """The inputs of a program behind those that are typed: `x,y`."""
    *typed, last = incomplete.split(",")
    before = "".join(f"{name}," for name in typed)
    names = (word.value[2:] for word in variables(program, f"--{last}"))
    return [CompletionItem(before + name) for name in names if name not in typed]


def files(incomplete: str) -> list[CompletionItem]:
    """The files behind an `@`."""
    start = incomplete.removeprefix("@")
    if not incomplete.startswith("@") or has_magic(start):
        return []
    return [CompletionItem(f"@{path}") for path in sorted(glob(f"{start}*"))]


def functions(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Functions for the last word of a program, or files."""
    word = re.search(r"[^\W\d]\w*$", incomplete)
    if incomplete.startswith("@") or word is None:
        return files(incomplete)
    before = incomplete[: word.start()]
    return [CompletionItem(f"{before}{name}") for name in names_with(word[0])]
