"""What a shell may offer for a word that is half typed: names of the program, functions, files."""

from __future__ import annotations

import os
import re
from glob import glob, has_magic
from typing import TYPE_CHECKING, ClassVar

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ZshComplete,
    add_completion_class,
)

from gradcli.engine.functions import names_with
from gradcli.engine.program import Text
from gradcli.errors import GradcliError

if TYPE_CHECKING:
    import click


class Bash(BashComplete):
    """Bash, which takes `--x=@po` for the words `--x`, `=@` and `po`, and replaces the last one.

    Nothing is put behind a folder, in which the next key goes on, and `*` in a program is no glob.
    """

    source_template: ClassVar[str] = BashComplete.source_template.replace(
        "COMPREPLY+=($value)",
        'COMPREPLY+=("$value")\n            [[ $value == */ ]] && compopt -o nospace',
    ).replace("read type value", "read -r type value")
    before = ""
    """What bash keeps of the word that is completed."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words as they were typed, and the last one."""
        args, incomplete = super().get_completion_args()
        if incomplete in ("@", "=@"):
            args, incomplete = [*args, incomplete], ""
        if args[-1:] in (["@"], ["=@"]):
            self.before = "@" if args[-1] == "=@" else ""
            return args[:-1], f"@{incomplete}"
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """What bash puts in the place of the last word; blanks of files with a backslash."""
        value = item.value
        typed = os.environ["COMP_WORDS"].rpartition("\n")[2]
        if value.startswith("@") and not {'"', "'"}.intersection(typed):
            value = re.sub(r"([^\w@%+=:,./-])", r"\\\1", value)
        return f"{item.type},{value.removeprefix(self.before)}"


def _whole(words: tuple[list[str], str]) -> tuple[list[str], str, str]:
    """The words with `--x=` as one of its own, and that again, which the shell replaces, too."""
    args, incomplete = words
    option = re.match(r"(--\w[\w-]*)=", incomplete)
    if option is None:
        return args, incomplete, ""
    return [*args, option[1]], incomplete[option.end() :], option[0]


class Zsh(ZshComplete):
    """Zsh, which replaces the whole of `--x=@po`."""

    before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words, and what is to be completed."""
        args, incomplete, self.before = _whole(super().get_completion_args())
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """What zsh puts in the place of the word."""
        item.value = self.before + item.value
        return super().format_completion(item)


class Fish(FishComplete):
    """Fish, which replaces the whole of `--x=@po`."""

    before = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words, and what is to be completed."""
        args, incomplete, self.before = _whole(super().get_completion_args())
        return args, incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """What fish puts in the place of the word."""
        item.value = self.before + item.value
        return super().format_completion(item)


def add_shells() -> None:
    """Click's protocol speaks to shells by these classes."""
    for kind in (Bash, Zsh, Fish):
        add_completion_class(kind)


def paths(incomplete: str) -> list[CompletionItem]:
    """Files, which the shell knows by itself."""
    return [CompletionItem(incomplete, type="file")]


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
    """The files behind an `@`; a folder ends with `/`."""
    start = incomplete.removeprefix("@")
    if not incomplete.startswith("@") or has_magic(start):
        return []
    found = [path + "/" * os.path.isdir(path) for path in sorted(glob(f"{start}*"))]
    return [CompletionItem(f"@{path}") for path in found]


def functions(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Functions for the last word of a program, or files."""
    word = re.search(r"[^\W\d]\w*$", incomplete)
    if incomplete.startswith("@") or word is None:
        return files(incomplete)
    before = incomplete[: word.start()]
    return [CompletionItem(f"{before}{name}") for name in names_with(word[0])]
