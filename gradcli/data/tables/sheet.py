"""A table for a terminal: its first rows below the names of the columns, and how many there are."""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING, BinaryIO

from gradcli.data.formats.layout import note, number_column, tables, text_column
from gradcli.data.numbers import number, parse
from gradcli.errors import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcli.data.formats.layout import TextColumn
    from gradcli.data.formats.page import Page

ROWS = 20
"""Rows that are shown."""

_LONGEST = 40  # characters of a text
_FLOAT = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")


class Sheet:
    """What takes lines of CSV as writers do, and shows the first of them at the end."""

    def __init__(self, stream: BinaryIO, names: Sequence[str], page: Page) -> None:
        self._stream = stream
        self._names = names
        self._page = page
        self._head = io.BytesIO()
        self._rows = 0
        self._is_quoted = False

    def write(self, lines: bytes) -> None:
        """Takes lines, which may begin and end anywhere."""
        data = bytes(lines)
        if self._rows < ROWS:
            self._head.write(data)
        for part in data.split(b'"'):
            self._rows += 0 if self._is_quoted else part.count(b"\n")
            self._is_quoted = not self._is_quoted
        self._is_quoted = not self._is_quoted

    def abandon(self) -> None:
        """Nothing is shown of a table that is not complete."""

    def close(self) -> None:
        """Shows the rows."""
        self._head.seek(0)
        rows = list(islice(csv.reader(io.TextIOWrapper(self._head, "utf-8", newline="")), ROWS))
        columns = zip(self._names, *rows, strict=True)
        shown = [_column(name, list(cells), self._page.digits) for name, *cells in columns]
        text = tables(None, shown, self._page)
        if self._rows > len(rows):
            text += note(f"{len(rows)} of {self._rows:,} rows; -o csv shows them all", self._page)
        self._stream.write(text.encode())


def _column(name: str, cells: list[str], digits: int) -> TextColumn:
    """Numbers with so many digits at the right, texts at the left."""
    if all(parse(cell) is not None for cell in cells if cell):
        return number_column(name, [_short(cell, digits) for cell in cells])
    is_lists = all(cell.startswith("[") for cell in cells if cell)
    texts = [_short(cell, digits) for cell in cells] if is_lists else cells
    return text_column(name, [_line(text) for text in texts])


def _short(cell: str, digits: int) -> str:
    """A cell with so many significant digits in its numbers; whole numbers keep all of theirs."""

    def rounded(match: re.Match[str]) -> str:
        text = match[0]
        return text if text.lstrip("-").isdigit() else number(float(text), digits)

    return "0" if cell == "-0" else _FLOAT.sub(rounded, cell)


def _line(text: str) -> str:
    """A text on one line, cut where it is long."""
    return shortened(" ".join(text.split()), _LONGEST)
