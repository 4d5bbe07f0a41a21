"""Arrays from text: numbers apart by blanks, tabs or commas, with or without a header."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from gradcli.data.missing import missing
from gradcli.data.numbers import parse
from gradcli.errors import InputError, Source, Span

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.answer import Array

_CELLS = {
    ",": re.compile(r'[^\S\n]*("(?:[^"\n]|"")*"|[^,\n]*)[^,\n]*'),
    "\t": re.compile(r'[^\S\n\t]*("(?:[^"\n]|"")*"|[^\t\n]*)[^\t\n]*'),
    None: re.compile(r"(\S+)"),
}
_HELP = "a file holds numbers, apart by blanks, tabs or commas"


class _Rows:
    """The lines of a text that are not blank, and what stands between their cells."""

    def __init__(self, text: str, shown: str) -> None:
        self.source = Source(text, shown)
        self.lines = text.split("\n")
        self.kept = [number for number, line in enumerate(self.lines) if line and line.strip()]
        if not self.kept:
            raise InputError(f"'{shown}' is empty", help=_HELP)
        self.between = "," if "," in text else "\t" if "\t" in text else None
        self.quoted = '"' in text
        first = self.cells(self.kept[0])
        self.first_bad = next((cell for cell in first if parse(cell[0]) is None), None)
        self.header = [cell[0] for cell in first] if self.first_bad is not None else None
        self.body = self.kept[1:] if self.header is not None else self.kept

    def cells(self, number: int) -> list[tuple[str, int, int]]:
        """The cells of a line (from 0) with their places in it."""
        line = self.lines[number]
        found = []
        at = 0
        pattern = _CELLS[self.between]
        while at <= len(line):
            match = pattern.match(line, at) if self.between else pattern.search(line, at)
            if match is None:
                break
            found.append((_bare(match.group(1)), match.start(1), match.end(1)))
            at = match.end() + 1
        return found

    def span(self, number: int, start: int, end: int) -> Span:
        """The place of characters of a line."""
        offset = sum(len(line) + 1 for line in self.lines[:number])
        return Span(self.source, offset + start, offset + max(end, start + 1))

    def column(self, index: int) -> Array:
        """The numbers of a column below the header."""
        lines = [self.lines[number] for number in self.body]
        width = len(self.header or ())
        if not self.quoted and _widths(lines, self.between) <= {width}:
            found = _floats(_flat(lines, self.between)[index::width])
            if found is not None:
                return found
        picked = slice(index, index + 1)
        return np.array([self._row(number, picked, width)[0] for number in self.body], float)

    def matrix(self) -> Array:
        """All numbers of a text without a header, in rows."""
        lines = [self.lines[number] for number in self.body]
        if not self.quoted and len(_widths(lines, self.between)) == 1:
            found = _floats(_flat(lines, self.between))
            if found is not None:
                return found.reshape(len(lines), -1)
        width = len(self.cells(self.body[0]))
        return np.array([self._row(number, slice(None), width) for number in self.body], float)

    def _row(self, number: int, picked: slice, width: int) -> list[float]:
        """Some cells of a row as numbers, or what is wrong with them or with the row."""
        if not self.quoted:
            simple = self.lines[number].split(self.between)
            if len(simple) == width:
                try:
                    return list(map(float, simple[picked]))
                except ValueError:
                    pass
        cells = self.cells(number)
        if len(cells) != width:
            self._ragged(number, cells, width)
        return [self.number(number, cell) for cell in cells[picked]]

    def number(self, number: int, cell: tuple[str, int, int]) -> float:
        """The number in a cell, or the error that underlines it."""
        text, start, end = cell
        value = parse(text)
        if value is None:
            what = f"'{text}' is not a number" if text else "a number is missing"
            raise InputError(what, span=self.span(number, start, end), help=_HELP)
        return value

    def _ragged(self, number: int, cells: list[tuple[str, int, int]], width: int) -> NoReturn:
        """The error for a row that is longer or shorter than the first."""
        start, end = (cells[width][1:]) if len(cells) > width else (cells[-1][2],) * 2
        head = "the header has" if self.header is not None else "the first row has"
        raise InputError(
            f"rows of different lengths: {head} {width}, this one {len(cells)}",
            span=self.span(number, start, end),
        )


def _bare(cell: str) -> str:
    """The cell without quotes and blanks around it."""
    if len(cell) > 1 and cell[0] == cell[-1] == '"':
        cell = cell[1:-1].replace('""', '"')
    return cell.strip()


def _widths(lines: list[str], between: str | None) -> set[int]:
    """The numbers of cells that lines have."""
    if between is None:
        return {len(line.split()) for line in lines}
    return {line.count(between) + 1 for line in lines}


def _flat(lines: list[str], between: str | None) -> list[str]:
    """The cells of all lines, one after the other."""
    return " ".join(lines).split() if between is None else between.join(lines).split(between)


def _floats(cells: list[str]) -> Array | None:
    """The cells as numbers, or `None` when one is not."""
    try:
        return np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        return None


def text_value(text: str, shown: str, name: str, key: str | None = None) -> Array:
    """A scalar, a vector or a matrix; below a header the column `key`, else `name`."""
    found = _one_a_line(text) if key is None else None
    if found is not None:
        return _reduced(found)
    rows = _Rows(text, shown)
    if rows.header is not None:
        return _column(rows, key or name)
    if key is not None:
        raise InputError(f"'{shown}' has no header, so there is no '{key}' in it")
    found = rows.matrix()
    return found if min(found.shape) > 1 else _reduced(found.ravel())


def _one_a_line(text: str) -> Array | None:
    """The numbers of a text that has one on each line and nothing else; the commonest pipe."""
    if any(mark in text for mark in ' \t,"'):
        return None
    found = _floats(text.split())
    return None if found is None or not found.size else found


def _reduced(vector: Array) -> Array:
    """One number is a scalar."""
    return vector.reshape(()) if vector.size == 1 else vector


def _column(rows: _Rows, wanted: str) -> Array:
    """The column of that name."""
    header = rows.header or []
    if header.count(wanted) != 1:
        _not_one(rows, header, wanted)
    if not rows.body:
        raise InputError(f"'{rows.source.name}' has a header and no numbers")
    return _reduced(rows.column(header.index(wanted)))


def _not_one(rows: _Rows, header: list[str], wanted: str) -> NoReturn:
    """No such column, several, or a first row that was to be numbers."""
    if wanted in header:
        raise InputError(f"several columns '{wanted}' in '{rows.source.name}'")
    bad = rows.first_bad
    if bad is not None and (len(rows.kept) == 1 or any(parse(text) is not None for text in header)):
        rows.number(rows.kept[0], bad)
    raise missing(wanted, header, rows.source.name, "columns")


def text_inputs(text: str, shown: str, wanted: Collection[str] | None = None) -> dict[str, Array]:
    """The wanted columns (`None`: all) of a table with a header."""
    rows = _Rows(text, shown)
    if rows.header is None:
        raise InputError(
            f"'{shown}' has no header, and inputs need names",
            help="write the names as its first row, or give it to a variable: --x @FILE",
        )
    names = rows.header if wanted is None else [name for name in wanted if name in rows.header]
    return {name: _column(rows, name) for name in names if name}
