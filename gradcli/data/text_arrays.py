"""Arrays from text: numbers between blanks, tabs or commas, with or without a header."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import numpy as np

from gradcli.data.missing import missing
from gradcli.data.numbers import EXACT, array_of, parse, whole
from gradcli.errors import InputError, Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from gradcli.data.answer import Array

_CELLS = {
    ",": re.compile(r'[^\S\n]*("(?:[^"\n]|"")*"|[^,\n]*)[^,\n]*'),
    "\t": re.compile(r'[^\S\n\t]*("(?:[^"\n]|"")*"|[^\t\n]*)[^\t\n]*'),
    None: re.compile(r"(\S+)"),
}
_HELP = "a file holds numbers, separated by blanks, tabs or commas"


class _Cell(NamedTuple):
    """A cell, and where it starts and ends in its line."""

    text: str
    start: int
    end: int


class TextArrays:
    """Rows of numbers, or columns of them below a header; blank lines do not count."""

    def __init__(self, text: str, shown: str) -> None:
        self.source = Source(text, shown)
        self.header: list[str] = []
        self.vector = _one_a_line(text)
        if self.vector is None:
            self._split(text)

    def _split(self, text: str) -> None:
        """Finds the lines, what stands between their cells, and the header."""
        self.lines = text.split("\n")
        self.kept = [number for number, line in enumerate(self.lines) if line and line.strip()]
        if not self.kept:
            raise InputError(f"'{self.source.name}' is empty", help=_HELP)
        self.delimiter = "," if "," in text else "\t" if "\t" in text else None
        first = self._cells(self.kept[0])
        self.width = len(first)
        self.first_word = next((cell for cell in first if parse(cell.text) is None), None)
        if self.first_word is not None:
            self.header = [cell.text for cell in first]
        self.body = self.kept[1:] if self.header else self.kept

    def value(self, name: str, key: str | None) -> Array:
        """A scalar, a vector or a matrix; below a header the column `key`, else `name`."""
        if self.header:
            return self._columns([key or name])[0]
        if key is not None:
            raise InputError(f"'{self.source.name}' has no header, so there is no '{key}' in it")
        matrix = self._matrix() if self.vector is None else self.vector
        return matrix if min(matrix.shape) > 1 < matrix.ndim else _reduced(matrix.ravel())

    def inputs(self, wanted: Collection[str] | None) -> dict[str, Array]:
        """The wanted columns (`None`: all) of a table with a header."""
        if not self.header:
            raise InputError(
                f"'{self.source.name}' has no header, and inputs need names",
                help="write the names as its first row, or give it to a variable: --x @FILE",
            )
        there = {*self.header}
        names = self.header if wanted is None else [name for name in wanted if name in there]
        names = [name for name in names if name]
        return dict(zip(names, self._columns(names), strict=True))

    def _columns(self, names: list[str]) -> list[Array]:
        """The numbers below names."""
        often = Counter(self.header)
        for name in names:
            if often[name] != 1:
                self._fail_at_header(name)
        if names and not self.body:
            raise InputError(f"'{self.source.name}' has a header and no numbers")
        places = {name: i for i, name in enumerate(self.header)}
        columns = [places[name] for name in names]
        cells = self._flat()
        found = [_floats(cells[i :: self.width]) for i in columns] if cells else [None]
        numbers = [x for x in found if x is not None]
        if len(numbers) < len(found):
            numbers = [*map(array_of, zip(*self._rows(columns), strict=True))]
        return [*map(_reduced, numbers)]

    def _matrix(self) -> Array:
        """The numbers of all cells, in rows."""
        cells = self._flat()
        numbers = _floats(cells) if cells else None
        if numbers is None:
            return array_of(self._rows(range(self.width)))
        return numbers.reshape(len(self.body), -1)

    def _flat(self) -> list[str] | None:
        """All cells, one after the other; None where rows differ in length, or have quotes."""
        lines = [self.lines[number] for number in self.body]
        if '"' in self.source.text or _widths(lines, self.delimiter) != {self.width}:
            return None
        if self.delimiter is None:
            return " ".join(lines).split()
        return self.delimiter.join(lines).split(self.delimiter)

    def _rows(self, columns: Sequence[int]) -> list[list[float]]:
        """The numbers in some cells of each row, or what is wrong with one or with a row."""
        return [self._row(number, columns) for number in self.body]

    def _row(self, line: int, columns: Sequence[int]) -> list[float]:
        cells = self._cells(line)
        if len(cells) != self.width:
            self._fail_at_length(line, cells)
        return [self._number(line, cells[i]) for i in columns]

    def _cells(self, line: int) -> list[_Cell]:
        """The cells of a line (from 0)."""
        text = self.lines[line]
        pattern = _CELLS[self.delimiter]
        cells = []
        start = 0
        while start <= len(text):
            match = pattern.match(text, start) if self.delimiter else pattern.search(text, start)
            if match is None:
                break
            cells.append(_Cell(_bare(match[1]), match.start(1), match.end(1)))
            start = match.end() + 1
        return cells

    def _number(self, line: int, cell: _Cell) -> float:
        """The number in a cell, or the error that underlines it."""
        value = parse(cell.text)
        if value is None:
            what = f"'{cell.text}' is not a number" if cell.text else "a number is missing"
            raise InputError(what, span=self._span(line, cell.start, cell.end), help=_HELP)
        return value if abs(value) < EXACT else whole(cell.text)

    def _span(self, line: int, start: int, end: int) -> Span:
        """Characters of a line."""
        offset = sum(len(before) + 1 for before in self.lines[:line])
        return Span(self.source, offset + start, offset + max(end, start + 1))

    def _fail_at_length(self, line: int, cells: list[_Cell]) -> NoReturn:
        """The error for a row that is longer or shorter than the first."""
        surplus = cells[self.width :]
        start, end = surplus[0][1:] if surplus else (cells[-1].end, cells[-1].end)
        head = "the header has" if self.header else "the first row has"
        raise InputError(
            f"rows of different lengths: {head} {self.width}, this one {len(cells)}",
            span=self._span(line, start, end),
        )

    def _fail_at_header(self, name: str) -> NoReturn:
        """No such column, several, or a first row that was to be numbers."""
        if name in self.header:
            raise InputError(f"several columns '{name}' in '{self.source.name}'")
        has_numbers = any(parse(text) is not None for text in self.header)
        if self.first_word is not None and (has_numbers or not self.body):
            self._number(self.kept[0], self.first_word)
        raise missing(name, self.header, self.source.name, "column")


def _one_a_line(text: str) -> Array | None:
    """The numbers of a text that has one on each line and nothing else; the commonest pipe."""
    if any(mark in text for mark in ' \t,"'):
        return None
    return _floats(text.split()) if text.strip() else None


def _reduced(vector: Array) -> Array:
    """One number is a scalar."""
    return vector.reshape(()) if vector.size == 1 else vector


def _bare(cell: str) -> str:
    """The cell without quotes and blanks around it."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    return cell.strip()


def _widths(lines: list[str], delimiter: str | None) -> set[int]:
    """The numbers of cells that lines have."""
    if delimiter is None:
        return {len(line.split()) for line in lines}
    return {line.count(delimiter) + 1 for line in lines}


def _floats(cells: list[str]) -> Array | None:
    """The cells as numbers, or `None` when one is not."""
    try:
        floats = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None
    return array_of(list(map(whole, cells))) if (np.abs(floats) >= EXACT).any() else floats
