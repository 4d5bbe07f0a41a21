"""The entries of a session on a pipe, and where in standard input each of them stands."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, TypeVar

from gradcli.data.files import LONGEST_TEXT
from gradcli.engine.entry import is_open
from gradcli.errors import LimitError, Source, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcli.data.console import StandardInput
    from gradcli.errors import Diagnostic

    Told = TypeVar("Told", bound=Diagnostic)


class Piped:
    """The lines of standard input, put together where something is open.

    `entry` is the last one that was given out, and `first` its first line, counted from 1.
    """

    def __init__(self, stdin: StandardInput) -> None:
        self.stdin = stdin
        self.entry = ""
        self.first = 1

    def __iter__(self) -> Iterator[str]:
        entry, first = "", 1
        for number, line in enumerate(self._lines(), 1):
            entry += line
            if not is_open(entry):
                self.entry, self.first = entry, first
                yield entry
                entry, first = "", number + 1
        if entry:
            self.entry, self.first = entry, first
            yield entry

    def _lines(self) -> Iterator[str]:
        stream = self.stdin.take("the session")
        while line := stream.readline(LONGEST_TEXT + 1):
            if len(line) > LONGEST_TEXT:
                raise LimitError(f"a line of the session is longer than {LONGEST_TEXT:,} bytes")
            yield line.decode("utf-8", "replace")

    def placed(self, diagnostic: Told) -> Told:
        """The same with the place in standard input, if it is about this entry."""
        span = diagnostic.span
        if span is None:
            return diagnostic
        _, column = span.source.place(span.start)
        before = "\n" * (self.first - 1)
        for line in self.entry.split("\n"):
            at = line.find(span.source.line(span.start))
            if at >= 0:
                start = len(before) + at + column - 1
                end = start + span.end - span.start
                moved = copy(diagnostic)
                moved.span = Span(Source(before + line, "stdin"), start, end)
                return moved
            before += line + "\n"
        return diagnostic
