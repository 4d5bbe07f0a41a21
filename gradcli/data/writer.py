"""The one writer: takes an answer to standard output or into a file, in the format asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gradcli.data import formats
from gradcli.data.formats import BINARY, EXTENSIONS, FORMATS
from gradcli.data.report import Report
from gradcli.errors import UsageError
from gradcli.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console


class Output:
    """How a command shall answer: format, file (`None` is standard output), and how much."""

    __slots__ = ("everything", "format", "path", "precision")

    def __init__(
        self,
        format: str,
        path: str | None = None,
        *,
        everything: bool = False,
        precision: int | None = None,
    ) -> None:
        self.format = format
        self.path = path
        self.everything = everything
        self.precision = precision


def write(answer: Answer | Report, output: Output, console: Console) -> None:
    """The answer, whole, to where it belongs."""
    content = rendered(answer, output, console)
    if output.path is None:
        console.write(content)
    else:
        data = content if isinstance(content, bytes) else content.encode("utf-8")
        write_file(output.path, data)


def rendered(answer: Answer | Report, output: Output, console: Console) -> str | bytes:
    """The answer in its format: bytes for NumPy's files, else text."""
    if isinstance(answer, Report):
        return _report(answer, output, console)
    if output.format in BINARY:
        return formats.as_bytes(answer, output.format)
    if output.format == "table":
        screen = console if output.path is None else None
        return formats.as_table(
            answer, screen, everything=output.everything, precision=output.precision
        )
    return formats.as_text(answer, output.format, output.precision)


def _report(report: Report, output: Output, console: Console) -> str:
    """Rows under columns in their format."""
    from gradcli.data.formats.rows import report_table, report_text

    if output.format == "table":
        screen = console if output.path is None else None
        return report_table(report, screen, output.precision)
    return report_text(report, output.format, output.precision)


def choose_output(
    what: str | None,
    format: str | None,
    output: str | None,
    environ: Mapping[str, str],
    is_terminal: bool,
) -> tuple[str, str | None]:
    """Format and path from `-o WHAT`, `--format`, `--output`; `None` is standard output.

    `--output -` is standard output, too. A file's format is that of its extension.
    """
    named, path = _what(what)
    wish = _one(named, format and _known(format, "--format"), "format")
    path = _one(path, output, "file")
    if path == "-":
        path = None
    if path is not None:
        return wish or _of_extension(path), path
    chosen = wish or _default(environ, is_terminal)
    if chosen in BINARY and is_terminal:
        raise UsageError(
            f"'{chosen}' is not for a terminal", help=f"write a file with '-o file.{chosen}'"
        )
    return chosen, None


def _what(what: str | None) -> tuple[str | None, str | None]:
    """Which of the two `-o WHAT` means: a format or a path."""
    if what is None or what in FORMATS:
        return what, None
    if "/" in what or os.sep in what or "." in what:
        return None, what
    return _known(what, "-o"), None


def _one(first: str | None, second: str | None, what: str) -> str | None:
    """The one that is given; two must agree."""
    if first is not None and second is not None and first != second:
        raise UsageError(f"two {what}s for one answer: '{first}' and '{second}'")
    return first if second is None else second


def _known(name: str, option: str) -> str:
    """A format's name, or what is wrong with it."""
    if name in FORMATS:
        return name
    near = nearest(name, FORMATS)
    lead = f"did you mean '{near}'? " if near is not None else ""
    path = "; a file's name has a '.' or a '/'" if option == "-o" else ""
    raise UsageError(
        f"{option}: '{name}' is not a format", help=f"{lead}formats: {', '.join(FORMATS)}{path}"
    )


def _of_extension(path: str) -> str:
    """The format that a file's name asks for."""
    extension = os.path.splitext(path)[1]
    found = EXTENSIONS.get(extension.lower())
    if found is None:
        what = f"extension '{extension}'" if extension else "a name without an extension"
        raise UsageError(
            f"no format belongs to {what}: '{path}'",
            help=f"end it in {' '.join(EXTENSIONS)}, or add --format",
        )
    return found


def _default(environ: Mapping[str, str], is_terminal: bool) -> str:
    """The format when none is named."""
    wish = environ.get("GRADCLI_FORMAT")
    if wish:
        return _known(wish, "GRADCLI_FORMAT")
    return "table" if is_terminal else "plain"


def write_file(path: str, data: bytes) -> None:
    """A file written whole or not at all; devices and pipes are written to directly."""
    from gradcli.data.whole import whole_file

    with whole_file(path) as stream:
        stream.write(data)
