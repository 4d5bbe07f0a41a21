"""The pictures of README: `python -m tests.pictures` makes them anew.

The graph is what `gradcli graph --svg` draws. A screen is what commands print on a terminal, in
colour; the tests hold its text against what they print now.
"""

from __future__ import annotations

import html
import os
import pty
import re
import shlex
import subprocess
import sys

from rich.console import Console
from rich.text import Text

import gradcli
from tests.sessions import ROOT

FOLDER = ROOT / "samples" / "pictures"
SCREEN = FOLDER / "screen.svg"
GRAPH = FOLDER / "graph.svg"
COLUMNS = 88

COMMANDS = (
    'gradcli grad "atan(x)" --x -4,-2,0,2,4',
    'gradcli value-and-grads "2sin²(x) + x*y" --x 1,2,3 --y 4,5,6',
    'gradcli check "atan(x)" --x 0,2 --claim "x = 1/(1 + x)"',
    'gradcli eval "log(x) + atn(x)" --x 1,0',
)
"""What the screen shows."""


def screen() -> str:
    """What the commands print on a terminal, with the codes of its colours."""
    parts = (f"\x1b[1m$\x1b[0m {command}\n{_on_terminal(command)}" for command in COMMANDS)
    return "\n".join(parts)


def _on_terminal(command: str) -> str:
    """What one command prints there."""
    arguments = [sys.executable, "-m", "gradcli", *shlex.split(command)[1:]]
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GRADCLI_", "NO_COLOR", "PYTHON"))
    }
    environ |= {"PYTHONPATH": str(ROOT), "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"}
    master, slave = pty.openpty()
    with (
        os.fdopen(master, "rb", buffering=0) as terminal,
        subprocess.Popen(arguments, stdout=slave, stderr=slave, env=environ),
    ):
        os.close(slave)
        printed = b"".join(iter(lambda: _read(terminal), b""))
    return printed.decode().replace("\r\n", "\n")


def _read(terminal: object) -> bytes:
    """The next bytes; none once nobody writes any more."""
    try:
        return terminal.read(1 << 16) or b""  # type: ignore[attr-defined]
    except OSError:
        return b""


def svg(printed: str) -> str:
    """A picture of a terminal."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(printed.rstrip("\n")))
        return console.export_svg(title="gradcli", unique_id="gradcli")


def graph() -> str:
    """The picture of a circuit."""
    return gradcli.graph("(x + y) * z", x=-2, y=5, z=-4).svg()


def words(picture: str) -> list[str]:
    """The words of a picture, in their order."""
    texts = re.findall(r"<text[^>]*>(.*?)</text>", picture)
    return html.unescape(" ".join(texts)).replace("\xa0", " ").split()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    SCREEN.write_text(svg(screen()), encoding="utf-8")
    GRAPH.write_text(graph(), encoding="utf-8")
