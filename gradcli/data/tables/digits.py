"""Columns of numbers as text: by orjson, with the digits and the spelling of PyArrow.

On one core orjson writes three times as many numbers a second as PyArrow does, with the same
shortest digits, but some in another spelling: 1.0, 1e-6, 10000000000.5. These PyArrow writes, and
whole columns where they are many, or where there is no orjson. orjson holds the lock of the
interpreter meanwhile; what else is done to a table does not.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.arrow import arrow, numbers_of, text_scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def behind(mark: str, column: Any, texts: Texts) -> list[Any]:
    """The cells of a column, each behind a mark, as columns and texts that are to be joined.

    `texts` makes texts of cells of the column; null is for what is to be empty.
    """
    pa = arrow()
    is_fast = column.type in (pa.float64(), pa.float32()) and len(column) and _dumps()
    written = _written(mark, column, texts) if is_fast else None
    return [text_scalar(mark), texts(column)] if written is None else [written]


def _written(mark: str, column: Any, texts: Texts) -> Any | None:
    """The cells behind a mark of one character; None if many of them are spelled otherwise."""
    values = numbers_of(column.fill_null(np.nan) if column.null_count else column)
    odd = np.flatnonzero(~_are_alike(values))
    dumps = _dumps()
    if dumps is None or len(odd) > FEW * len(values):
        return None
    text = np.frombuffer(dumps(values), np.uint8).copy()
    text[0] = COMMA  # in the place of a bracket, which is where the other one is left out
    offsets = np.empty(len(values) + 1, np.int32)
    offsets[:-1], offsets[-1] = np.flatnonzero(text == COMMA), len(text) - 1
    if mark != ",":
        text[offsets[:-1]] = ord(mark)
    data: Any = text
    if len(odd):
        cells = arrow().concat_arrays([column.slice(row, 1) for row in odd.tolist()])
        others = [(mark + (cell or "")).encode() for cell in texts(cells).to_pylist()]
        data, offsets = _replaced(text, offsets, odd, others)
    return arrow().StringArray.from_buffers(len(values), *map(arrow().py_buffer, (offsets, data)))


def _are_alike(values: Array) -> Array:
    """Which numbers orjson spells as PyArrow does."""
    low, high = ALIKE
    sizes = np.abs(values)
    alike: Array = (sizes >= low) & (sizes < high) & (values != np.floor(values))
    return alike


def _replaced(
    text: Array, offsets: Array, rows: Array, cells: Sequence[bytes]
) -> tuple[bytes, Array]:
    """A text and where its rows begin in it, with other cells in some rows."""
    view = text.data
    starts, stops = offsets[rows], offsets[rows + 1]
    growth = np.zeros_like(offsets)
    growth[rows + 1] = np.fromiter(map(len, cells), np.int32, len(cells)) - (stops - starts)
    pieces: list[Any] = []
    done = 0
    for start, stop, cell in zip(starts.tolist(), stops.tolist(), cells, strict=True):
        pieces += view[done:start], cell
        done = stop
    return b"".join([*pieces, view[done:]]), offsets + np.cumsum(growth, dtype=np.int32)
