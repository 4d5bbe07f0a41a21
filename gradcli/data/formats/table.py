"""Tables for a terminal, by Rich: elements in rows, matrices as grids."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.box import SIMPLE_HEAD, Box
from rich.console import Console as Screen
from rich.table import Table
from rich.text import Text

from gradcli.data.formats.leaves import labels, leaves
from gradcli.data.numbers import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gradcli.data.answer import Answer, Array
    from gradcli.data.console import Console
    from gradcli.data.formats.leaves import Column, Leaf

    _Printable = Table | Text | str

_DIGITS = 6
_ROWS = 20  # rows, and matrices of a higher rank, that are shown before the middle is left out
_COLUMNS = 10
_BLOCKS = 6
_WIDE = 100_000  # columns of a page that is no terminal
_EDGES, _APART = 1, 3  # blanks at the edge of a table, and between its columns
_CELLS = 4_000  # a table with more is laid out without Rich, which takes 0.1 ms a cell
_ASCII = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


class Page:
    """What a table is laid out for."""

    __slots__ = ("colour", "everything", "gap", "precision", "unicode", "width")

    def __init__(
        self,
        *,
        width: int = _WIDE,
        colour: bool = False,
        unicode: bool = True,
        everything: bool = False,
        precision: int | None = None,
    ) -> None:
        self.width = width
        self.colour = colour
        self.unicode = unicode
        self.everything = everything
        self.precision = precision or _DIGITS
        self.gap = "…" if unicode else "..."

    @classmethod
    def of(cls, console: Console | None, *, everything: bool, precision: int | None) -> Page:
        """The page of a console's terminal, or an endless one for files and pipes."""
        if console is None:
            return cls(everything=everything, precision=precision)
        return cls(
            width=console.width if console.is_terminal else _WIDE,
            colour=console.colour,
            unicode=console.unicode,
            everything=everything,
            precision=precision,
        )

    @property
    def columns(self) -> int:
        """How many columns of numbers there is room for, within reason."""
        return max(2, min(_COLUMNS, (self.width - 12) // (self.precision + 8)))

    def shown(self, length: int, most: int) -> list[int | None]:
        """The indices to show of so many; `None` stands for those left out in the middle."""
        if self.everything or length <= most:
            return list(range(length))
        half = most // 2
        return [*range(half), None, *range(length - half, length)]


def box_of(page: Page) -> Box:
    """The lines of a table, as far as the terminal can show them."""
    return SIMPLE_HEAD if page.unicode else _ASCII


class _Cells:
    """One column of a table: its heading and its cells."""

    __slots__ = ("cells", "name", "style", "width")

    def __init__(self, name: str, cells: list[str], style: str = "") -> None:
        self.name = name
        self.cells = cells
        self.style = style
        self.width = max(map(len, [name, *cells]))


def render(answer: Answer, page: Page) -> str:
    """All tables of an answer, one below the other."""
    parts = ["".join(printed(item, page) for item in table) for table in _tables(answer, page)]
    return "\n".join(parts)


def printed(table: _Printable, page: Page) -> str:
    """A table as lines, without the empty ones that Rich puts around it."""
    if isinstance(table, str):
        return table
    stream = io.StringIO()
    screen = Screen(
        file=stream,
        width=page.width,
        force_terminal=page.colour,
        no_color=not page.colour,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    screen.print(table)
    lines = [line.rstrip() for line in stream.getvalue().splitlines()]
    return "".join(line + "\n" for line in lines if line)


def _tables(answer: Answer, page: Page) -> Iterator[Iterable[_Printable]]:
    """The scalars, then the vectors by length, then each matrix."""
    found = leaves(answer)
    low, high = _sorted(answer, found)
    for shape in sorted(low, key=len):
        members = _inputs(answer, shape) + low[shape] + _verdicts(answer, shape)
        if shape == ():
            yield _row(members, page)
        else:
            yield _rows(members, shape[0], page)
    for label, array in high:
        yield from _grids(label, array, page)


def _sorted(
    answer: Answer, found: list[Leaf]
) -> tuple[dict[tuple[int, ...], list[Column]], list[tuple[str, Array]]]:
    """The answer's scalars and vectors by shape, and its matrices."""
    low: dict[tuple[int, ...], list[Column]] = {}
    high = []
    for label, leaf in zip(labels(found), found, strict=True):
        shape = _null_shape(answer, leaf) if leaf.array is None else leaf.array.shape
        if leaf.array is not None and len(shape) > 1:
            high.append((label, leaf.array))
        else:
            low.setdefault(shape, []).append((label, leaf.array))
    return low, high


def _null_shape(answer: Answer, leaf: Leaf) -> tuple[int, ...]:
    """Where a null belongs: beside the vector that it is not the gradient for, else to scalars."""
    shape = np.shape(answer.inputs.get(leaf.path[-1], 0))
    return shape if len(shape) == 1 else ()


def _inputs(answer: Answer, shape: tuple[int, ...]) -> list[Column]:
    return [(name, item) for name, item in answer.inputs.items() if np.shape(item) == shape]


def _verdicts(answer: Answer, shape: tuple[int, ...]) -> list[Column]:
    """The verdicts of a shape, under the names of their variables where there are several."""
    found = answer.verdicts or {}
    several = len(found) > 1
    return [
        (f"verdict {name}" if several else "verdict", np.asarray(item))
        for name, item in found.items()
        if np.shape(item) == shape
    ]


def _row(members: list[Column], page: Page) -> Iterator[_Printable]:
    """Scalars side by side."""
    columns = [_Cells(name, _texts(array, [0], page)) for name, array in members]
    yield from _laid(columns, page, keys=0)


def _rows(members: list[Column], length: int, page: Page) -> Iterator[_Printable]:
    """Vectors of one length side by side, an element a row."""
    places = page.shown(length, _ROWS)
    columns = [_numbers("#", places, page)]
    columns += [_Cells(name, _texts(array, places, page)) for name, array in members]
    yield from _laid(columns, page)
    if None in places:
        yield Text(f"  {length:,} elements; --all shows them all", style="dim")


def _grids(label: str, array: Array, page: Page) -> Iterator[Iterable[_Printable]]:
    """A matrix under its name; of higher ranks each matrix under its index."""
    leading = array.shape[:-2]
    count = math.prod(leading)
    for place in page.shown(count, _BLOCKS):
        if place is None:
            yield [Text(f"  {page.gap} --all shows all {count:,} matrices", style="dim")]
            continue
        index = np.unravel_index(place, leading) if leading else ()
        title = label + (f"[{', '.join(map(str, index))}, :, :]" if leading else "")
        yield _grid(title, array[index], page)


def _grid(title: str, matrix: Array, page: Page) -> Iterator[_Printable]:
    """A matrix with the numbers of its rows and columns, cut in the middle to what fits."""
    height, width = matrix.shape
    down = page.shown(height, _ROWS)
    across = page.shown(width, page.columns)
    columns = [_numbers(title, down, page)]
    for place in across:
        if place is None:
            columns.append(_Cells(page.gap, [page.gap] * len(down)))
        else:
            columns.append(_Cells(str(place), _texts(matrix[:, place], down, page)))
    yield from _laid(columns, page)
    if None in down or None in across:
        yield Text(f"  {height:,} by {width:,} elements; --all shows them all", style="dim")


def _numbers(title: str, places: list[int | None], page: Page) -> _Cells:
    """The column of row numbers."""
    texts = [page.gap if place is None else str(place) for place in places]
    return _Cells(title, texts, style="dim")


def _texts(array: Any, places: list[int | None], page: Page) -> list[str]:
    """The elements at some places as text; only these are formatted."""
    if array is None:
        return ["none"] * len(places)
    flat = np.asarray(array).ravel()
    shown = texts(flat[[place for place in places if place is not None]], page.precision)
    ready = iter("0" if text == "-0" else text for text in shown)
    return [page.gap if place is None else next(ready) for place in places]


def _laid(columns: list[_Cells], page: Page, keys: int = 1) -> Iterator[_Printable]:
    """The columns as a table, or as several below one another where the page is too narrow.

    The first `keys` columns stand in each of them.
    """
    for i, group in enumerate(_fitting(columns, page, keys)):
        if i:
            yield "\n"
        yield from _table(group, page)


def _fitting(columns: list[_Cells], page: Page, keys: int) -> Iterator[list[_Cells]]:
    """The columns in groups no wider than the page."""
    head = columns[:keys]
    group: list[_Cells] = []
    start = _EDGES + sum(column.width + _APART for column in head)
    width = start
    for column in columns[keys:]:
        width += column.width + _APART
        if group and width > page.width:
            yield [*head, *group]
            group, width = [], start + column.width + _APART
        group.append(column)
    yield [*head, *group]


def _table(columns: list[_Cells], page: Page) -> Iterator[_Printable]:
    """One table; Rich, which measures every cell, lays out small ones only."""
    height = len(columns[0].cells)
    if height * len(columns) <= _CELLS:
        yield _framed(columns, page)
        return
    yield _framed(columns, page, body=False)
    padded = [[cell.rjust(column.width) for cell in column.cells] for column in columns]
    yield "".join(f"  {'   '.join(row)}\n" for row in zip(*padded, strict=True))


def _framed(columns: list[_Cells], page: Page, *, body: bool = True) -> Table:
    """The heading and, below it, the cells."""
    table = Table(box=box_of(page))
    for column in columns:
        table.add_column(
            Text(column.name),
            justify="left" if column.name.startswith("verdict") else "right",
            style=column.style,
            overflow="fold",
            min_width=None if body else column.width,
        )
    if body:
        for row in zip(*(column.cells for column in columns), strict=True):
            table.add_row(*map(Text, row))
    return table
