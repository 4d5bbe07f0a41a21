"""Columns of numbers as text: by orjson, with the digits and the spelling of PyArrow.

On one core orjson writes three times as many numbers a second as PyArrow does, with the same
shortest digits, but some in another spelling: 1.0, 1e-6, 10000000000.5. These PyArrow writes, and
whole columns where they are many, or where there is no orjson. Columns that stand side by side are
written together, row by row, so that fewer pieces are to be joined. orjson holds the lock of the
interpreter meanwhile; what else is done to a table does not.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.data.tables.arrow import arrow, numbers_of, text_column, text_scalar
from gradcli.data.tables.chunks import where_marked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Array = np.ndarray[Any, np.dtype[Any]]
    Texts = Callable[[Any], Any]
    """What makes texts of a column of Arrow, which may be null."""

ALIKE = (1e-5, 1e10)
"""From the one up to the other both write numbers that are not whole without an exponent."""

FEW = 1 / 8
"""The share of a column that may be spelled otherwise; with more of it PyArrow is as fast."""

COMMA = ord(",")


@cache
def _dumps() -> Callable[[Array], bytes] | None:
    """What writes an array as JSON; None where orjson is not installed."""
    try:
        import orjson
    except ImportError:
        return None
    return lambda array: orjson.dumps(array, option=orjson.OPT_SERIALIZE_NUMPY)


class _Cells(NamedTuple):
    """A column behind a mark of one character.

    `values` are its numbers, NaN for null, and `odd` marks those that PyArrow spells otherwise;
    None if orjson is not to write it.
    """

    mark: str
    column: Any
    values: Array | None = None
    odd: Array | None = None

    @property
    def kind(self) -> str:
        """The type of the numbers that orjson is to write; nothing if it is not to."""
        return "" if self.values is None else self.values.dtype.str


def behind(marks: Sequence[str], columns: Sequence[Any], texts: Texts, end: str = "") -> list[Any]:
    """The cells of columns, each behind its mark, as columns and texts that are to be joined.

    `texts` makes texts of cells of a column; null is for what is to be empty. `end` is a character
    that stands behind the last cell of all.
    """
    pieces: list[Any] = []
    every = map(_looked_at, marks, columns)
    groups = [list(together) for _, together in groupby(every, lambda cells: cells.kind)]
    for together in groups:
        last = end if together is groups[-1] else ""
        if together[0].kind:
            pieces.append(_written(together, texts, last))
            continue
        for cells in together:
            pieces += text_scalar(cells.mark), texts(cells.column)
        pieces[-1] = ended(pieces[-1], last)
    return pieces


def ended(column: Any, end: str) -> Any:
    """A column of texts with more behind its last cell."""
    if not end or not len(column):
        return column
    last = text_column([(column[-1].as_py() or "") + end])
    return arrow().concat_arrays([column[:-1], last])


def _looked_at(mark: str, column: Any) -> _Cells:
    """A column with its numbers, if orjson can write most of them."""
    pa = arrow()
    if column.type not in (pa.float64(), pa.float32()) or not len(column) or _dumps() is None:
        return _Cells(mark, column)
    values = numbers_of(column.fill_null(np.nan) if column.null_count else column)
    odd = ~_are_alike(values)
    if np.count_nonzero(odd) > FEW * len(values):
        return _Cells(mark, column)
    return _Cells(mark, column, values, odd)


def _written(cells: Sequence[_Cells], texts: Texts, end: str) -> Any:
    """The cells of columns of one type, a text a row; brackets of JSON give room for the ends."""
    dumps = _dumps()
    assert dumps is not None
    text = np.frombuffer(dumps(_row_by_row([x.values for x in cells])), np.uint8)
    count, width = len(cells[0].column), len(cells)
    offsets = np.empty(count * width + 1, np.int32)
    offsets[0], offsets[1:-1], offsets[-1] = 0, where_marked(text, COMMA), len(text) - 1
    if any(x.mark != "," for x in cells):
        text = text.copy()
        for i, x in enumerate(cells):
            text[offsets[i:-1:width]] = ord(x.mark)
    odd = np.flatnonzero(_row_by_row([x.odd for x in cells]))
    others = _others(cells, odd, texts) if len(odd) else []
    spans = offsets[odd] + 1, offsets[odd + 1]
    growth = np.fromiter(map(len, others), np.int32, len(others)) - (spans[1] - spans[0])
    rows = offsets[::width].copy()
    rows[1:] += np.bincount(odd // width, growth, count).cumsum().astype(np.int32)
    rows[-1] += len(end)
    pieces = [cells[0].mark.encode(), *_with(text[:-1], spans, others), end.encode()]
    buffers = map(arrow().py_buffer, (rows, b"".join(pieces)))
    return arrow().StringArray.from_buffers(count, *buffers)


def _row_by_row(columns: Sequence[Any]) -> Array:
    """The elements of columns, those of a row side by side."""
    return np.stack(columns, 1).ravel() if len(columns) > 1 else np.asarray(columns[0])


def _are_alike(values: Array) -> Array:
    """Which numbers orjson spells as PyArrow does."""
    low, high = ALIKE
    sizes = np.abs(values)
    alike: Array = (sizes >= low) & (sizes < high) & (values != np.floor(values))
    return alike


def _others(cells: Sequence[_Cells], places: Array, texts: Texts) -> list[bytes]:
    """What PyArrow writes for the cells in some places, counted row by row."""
    rows, columns = (x.tolist() for x in np.divmod(places, len(cells)))
    found = [cells[i].column.slice(row, 1) for row, i in zip(rows, columns, strict=True)]
    written = texts(arrow().concat_arrays(found)).to_pylist()
    return [(text or "").encode() for text in written]


def _with(text: Array, spans: tuple[Array, Array], others: Sequence[bytes]) -> Iterator[Any]:
    """The pieces of a text but its first byte, with others instead of what spans hold."""
    done = 1
    for start, stop, other in zip(*(x.tolist() for x in spans), others, strict=True):
        yield text[done:start]
        yield other
        done = stop
    yield text[done:]
