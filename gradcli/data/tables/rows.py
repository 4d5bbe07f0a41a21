"""A block of rows: the columns as Arrow has them, where they stand, and results beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.numbers import Numbers, cells, numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.data.tables.bad import Flaw

    Array = np.ndarray[Any, np.dtype[Any]]


class Rows:
    """Columns of one length by name; `place(row)` says in which file and line a row stands.

    `values` are columns that are at hand as Python values; `flaws` are rows that did not fit;
    `extras` are what rows have besides the columns.
    """

    __slots__ = ("columns", "count", "extras", "flaws", "place", "values")

    def __init__(
        self,
        columns: dict[str, Any],
        count: int,
        place: Callable[[int], str],
        values: dict[str, list[Any]] | None = None,
        flaws: list[Flaw] | None = None,
    ) -> None:
        self.columns = columns
        self.count = count
        self.place = place
        self.values = values or {}
        self.flaws = flaws or []
        self.extras: list[dict[str, Any]] | None = None

    def numbers(self, name: str) -> Numbers:
        """A column as numbers."""
        if name in self.values:
            return cells(self.values[name], name)
        return numbers(self.columns[name], name)


def result_type(depth: int, dtype: Any) -> Any:
    """The Arrow type of results: numbers or truth values, in lists of that depth."""
    pa = arrow()
    found = pa.from_numpy_dtype(dtype)
    for _ in range(depth):
        found = pa.list_(found)
    return found


def result_column(pieces: Sequence[tuple[Array | None, Any]], count: int, kind: Any) -> Any:
    """An Arrow column from pieces: row numbers (None: all) and values, or None for nulls."""
    pa = arrow()
    if len(pieces) == 1 and pieces[0][0] is None:
        values = pieces[0][1]
        return pa.nulls(count, kind) if values is None else _column(values, kind)
    parts = [(rows, values) for rows, values in pieces if values is not None]
    order = np.full(count, -1)
    start = 0
    for rows, values in parts:
        order[slice(None) if rows is None else rows] = np.arange(start, start + len(values))
        start += len(values)
    if not parts:
        return pa.nulls(count, kind)
    joined = pa.concat_arrays([_column(values, kind) for _, values in parts])
    return joined.take(pa.array(order, mask=order < 0))


def _column(values: Array, kind: Any) -> Any:
    """An Arrow array of that type, a cell for each row of the values."""
    pa = arrow()
    if values.ndim == 1:
        return pa.array(np.ascontiguousarray(values), type=kind)
    count, length = values.shape[:2]
    inner = _column(values.reshape(count * length, *values.shape[2:]), kind.value_type)
    offsets = np.arange(0, count * length + 1, length) if length else np.zeros(count + 1)
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), inner)
