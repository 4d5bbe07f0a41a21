"""The one writer: takes an answer to standard output or into a file, in the format asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gradcli.data.formats import FORMATS
from gradcli.errors import UsageError
from gradcli.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcli.data.answer import Answer
    from gradcli.data.console import Console
    from gradcli.data.report import Report


class Output:
    """How a command shall answer: format, file (`None` is standard output), and how much."""

    def __init__(
        self,
        format: str,
        path: str | None = None,
        everything: bool = False,
        precision: int | None = None,
    ) -> None:
        self.format = format
        self.path = path
        self.everything = everything
        self.precision = precision


def write(answer: Answer | Report, output: Output, console: Console) -> None:
    """The answer, whole, to where it belongs."""
    from gradcli.data.formats.page import Page

    screen = console if output.path is None else None
    page = Page(screen, everything=output.everything, precision=output.precision)
    content = FORMATS[output.format].write(answer, page)
    if output.path is None:
        console.write(content)
    else:
        write_file(output.path, content if isinstance(content, bytes) else content.encode())


def write_file(path: str, data: bytes) -> None:
    """A file written whole or not at all; devices and pipes are written to directly."""
    from gradcli.data.whole import whole_file

    with whole_file(path) as stream:
        stream.write(data)


def choose_output(
    what: str | None,
    format: str | None,
    output: str | None,
    environ: Mapping[str, str],
    is_terminal: bool,
    own: str | None = None,
) -> tuple[str, str | None]:
    """Format and path from `-o WHAT`, `--format`, `--output`; `None` is standard output.

    `--output -` is standard output, too. A file's format is that of its extension; `own` is the
    one of files that hold the answer as it is.
    """
    named, path = _what(what)
    name = _one(named, format and _known(format, "--format"), "format")
    path = _one(path, output, "file")
    if path is not None and path != "-":
        return name or _of_extension(path, own), path
    name = name or _default(environ, is_terminal)
    if is_terminal and FORMATS[name].is_binary:
        raise UsageError(
            f"'{name}' is not for a terminal", help=f"write a file with '-o file.{name}'"
        )
    return name, None


def _what(what: str | None) -> tuple[str | None, str | None]:
    """Which of the two `-o WHAT` means: a format or a path."""
    if what is None or what in FORMATS:
        return what, None
    if "/" in what or os.sep in what or "." in what:
        return None, what
    return _known(what, "-o", "; a file's name has a '.' or a '/'"), None


def _one(first: str | None, second: str | None, what: str) -> str | None:
    """The one that is given; two must agree."""
    if first is not None and second is not None and first != second:
        raise UsageError(f"two {what}s for one answer: '{first}' and '{second}'")
    return first if second is None else second


_OTHER_NAMES = {
    **dict.fromkeys("text txt raw simple pretty string str lines values".split(), "plain"),
    **dict.fromkeys("yaml dict ndjson".split(), "json"),
    **dict.fromkeys("excel xlsx xls".split(), "csv"),
    **dict.fromkeys("numpy np array".split(), "npy"),
    **dict.fromkeys("grid markdown md rich box".split(), "table"),
}
"""Formats that would be guessed, and those that are meant."""


def _known(name: str, option: str, more: str = "") -> str:
    """A format's name, or what is wrong with it."""
    if name in FORMATS:
        return name
    meant = _OTHER_NAMES.get(name.lower())
    near = f"did you mean '{meant}'?" if meant else did_you_mean(name, FORMATS)
    advice = f"{near or ''} formats: {', '.join(FORMATS)}{more}"
    raise UsageError(f"{option}: '{name}' is not a format", help=advice.lstrip())


def _of_extension(path: str, own: str | None) -> str:
    """The format that a file's name asks for."""
    extension = os.path.splitext(path)[1].lower()
    own_first = [] if own is None else [own]
    if extension in own_first:
        return "plain"
    kinds = {record.name: record.kind.extensions for record in FORMATS.values() if record.kind}
    for name, extensions in kinds.items():
        if extension in extensions:
            return name
    raise UsageError(
        f"no format has the extension '{extension}': '{path}'"
        if extension
        else f"the name '{path}' has no extension that tells its format",
        help=f"end it in {' '.join([*own_first, *(first for first, *_ in kinds.values())])}, or "
        "add --format",
    )


def _default(environ: Mapping[str, str], is_terminal: bool) -> str:
    """The format when none is named."""
    wish = environ.get("GRADCLI_FORMAT")
    if wish:
        return _known(wish, "GRADCLI_FORMAT")
    return "table" if is_terminal else "plain"
