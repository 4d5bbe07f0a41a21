"""Shell sessions as text: run again, compared with what they show, or written anew.

A line that starts with `$ ` is a command, `> ` continues it, and the lines behind are what it
prints, errors too; `[exit 2]` as the last of them is a status other than 0. What stands before the
first command is prose. In Markdown, blocks fenced as `console` are such sessions.

`python -m tests.sessions --update FILE...` rewrites the outputs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tests.served import CLIENT, address

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
INSTALLS = ("$ python3 -m venv", "$ python -m venv", "$ pip ")
TIMEOUT = 60


class Step(NamedTuple):
    """A command, what it prints, and the empty lines behind."""

    command: str
    output: str
    gap: str

    def __str__(self) -> str:
        return "$ " + self.command.replace("\n", "\n> ") + "\n" + self.output + self.gap


def steps(text: str) -> tuple[str, list[Step]]:
    """The prose and the steps of a session."""
    prose, *parts = re.split(r"^\$ ", text, flags=re.MULTILINE)
    return prose, list(map(_step, parts))


def _step(part: str) -> Step:
    lines = part.splitlines(keepends=True)
    end = next((i for i, line in enumerate(lines) if i and not line.startswith("> ")), len(lines))
    command = "".join(line.removeprefix("> ") for line in lines[:end]).rstrip("\n")
    output = "".join(lines[end:])
    shown = output.rstrip("\n")
    shown += "\n" if shown else ""
    return Step(command, shown, output[len(shown) :])


class Shell:
    """Runs commands in a copy of a folder; `gradcli` is this one, and `python` this Python."""

    def __init__(self, folder: Path | None = None) -> None:
        self._place = tempfile.TemporaryDirectory()
        top = Path(self._place.name)
        self.folder, bin_ = top / "work", top / "bin"
        bin_.mkdir()
        client = CLIENT.format(python=sys.executable, path=address())
        python = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
        for name, text in {"gradcli": client, "python": python}.items():
            (bin_ / name).write_text(text, encoding="utf-8")
            (bin_ / name).chmod(0o755)
        if folder is None:
            self.folder.mkdir()
        else:
            shutil.copytree(folder, self.folder)
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("GRADCLI_", "PYTHON"))}
        self.environ = kept | {
            "PATH": f"{bin_}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "LC_ALL": "C.UTF-8",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._place.cleanup()

    def run(self, command: str) -> str:
        """What a command prints, and its status if that is not 0."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=self.environ,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        printed = done.stdout.rstrip("\n")
        printed += "\n" if printed else ""
        return printed + (f"[exit {done.returncode}]\n" if done.returncode else "")

    def again(self, text: str) -> str:
        """A session as it is when it is run now."""
        prose, played = steps(text)
        return prose + "".join(str(s._replace(output=self.run(s.command))) for s in played)


def again(path: Path) -> str:
    """The text of a file with sessions as it is when they are run now."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        with Shell() as shell:
            return BLOCK.sub(lambda block: _unless_install(shell, block[0]), text)
    with Shell(path.parent) as shell:
        return shell.again(text)


def _unless_install(shell: Shell, block: str) -> str:
    return block if block.startswith(INSTALLS) else shell.again(block)


def installs(text: str) -> Iterator[str]:
    """The commands of blocks that install, which are not run."""
    for block in BLOCK.findall(text):
        if block.startswith(INSTALLS):
            yield from (step.command for step in steps(block)[1])


def main(arguments: list[str]) -> Any:
    """The command: rewrites files."""
    if arguments[:1] != ["--update"] or not arguments[1:]:
        return "usage: python -m tests.sessions --update FILE..."
    for name in arguments[1:]:
        path = Path(name)
        path.write_text(again(path), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
