"""`gradcli run` of a snippet of another language, which its extension or `--lang` says."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import click

from gradcli.cli.kinds import OneOf, Whole
from gradcli.cli.messages import tell
from gradcli.cli.patience import within_limits
from gradcli.data.files import cited, read_text
from gradcli.errors import Source, UsageError

if TYPE_CHECKING:
    from gradcli.data.console import Console
    from gradcli.engine.settings import Settings
    from gradcli.errors import Notice

OPTIONS = (
    click.Option(
        ["--lang"],
        type=OneOf(("gradcli", "python", "tfjs", "notebook")),
        help="The language of the file, where its extension does not say it.",
    ),
    click.Option(
        ["--seed"],
        type=Whole(0),
        metavar="N",
        help="Random numbers of a snippet start from this number.",
    ),
)
"""What `run` takes beside what every question takes."""

_LANGUAGES = {".py": "python", ".ipynb": "notebook", ".js": "tfjs", ".mjs": "tfjs"}


def language_of(options: dict[str, Any]) -> str | None:
    """The language of the file that is run; None for gradcli's own."""
    named, path = options["lang"], options["program"]
    if named is None and path is not None:
        named = _LANGUAGES.get(os.path.splitext(path)[1])
    return None if named == "gradcli" else named


def run_file(options: dict[str, Any], console: Console, settings: Settings, language: str) -> int:
    """Runs the file, and shows what it prints as it comes."""
    path = options["program"]
    if path is None:
        raise UsageError("run needs a file", help="gradcli run snippet.py")
    path = path.removeprefix("@")
    with within_limits(options, console):
        source = Source(read_text(path, console.stdin), cited(path))
        return run_text(source, options, console, settings, language)


def run_text(
    source: Source,
    options: dict[str, Any],
    console: Console,
    settings: Settings,
    language: str = "python",
) -> int:
    """Runs a text."""
    from gradcli.snippets.run import Snippet

    notices: list[Notice] = []
    try:
        snippet = Snippet(source.text, source.name, language)
        snippet.run(settings, console.write, notices, seed=options["seed"])
    finally:
        console.flush()
        tell([] if options["quiet"] else notices, console)
    return 0


_SIGNS = {
    "python": r"(import|from) +(torch|tensorflow|jax|autograd|numpy|math)\b",
    "tfjs": r"(const|let|var|async +function|import +\*) ",
}
"""How a line of another language begins."""


def advice(text: str) -> str | None:
    """What to say where a text that was read as gradcli's language is of another one."""
    for language, sign in _SIGNS.items():
        if re.search(rf"^\s*{sign}", text, re.MULTILINE):
            return f"--lang {language} runs it as it stands"
    return None


def is_session(text: str) -> bool:
    """Whether a text was copied from a session of Python, whatever its file is called."""
    return text.lstrip().startswith(">>> ")
