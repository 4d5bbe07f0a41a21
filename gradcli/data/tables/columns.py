"""Columns of a table as numbers (arrays of one shape each, and what is no number), and back."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.json_text import json_text
from gradcli.data.numbers import EXACT
from gradcli.data.tables.arrow import arrow, compute, is_number, numbers_of
from gradcli.data.tables.dialect import USUAL
from gradcli.data.tables.flaws import Flaw, TableError, way_to_read
from gradcli.errors import shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.data.tables.dialect import Dialect

    Array = np.ndarray[Any, np.dtype[Any]]

ROUNDED = "is a whole number beyond 2^53 that float64 would round"

_WHOLE = re.compile(r"[+-]?\d+")

LARGEST = 1 << 1023
"""From here on a whole number is none for float64."""

CITED = 40
"""Characters of a cell that a message shows."""

LONGEST = 4000
"""Digits of a number that Python reads; longer ones are infinite."""


@dataclass(slots=True)
class Numbers:
    """One column: for each shape that its cells have, the rows (None: all) and their values.

    `missing` marks rows without a value (None: there are none); `flaws` are cells that are no
    numbers, which count as missing, too.
    """

    groups: list[tuple[Array | None, Array]]
    missing: Array | None = None
    flaws: list[Flaw] = field(default_factory=list)

    def seen(self) -> Numbers:
        """The same with NaN for what is missing; cells that are no numbers stay flaws."""
        if self.missing is None:
            return self
        rows = np.flatnonzero(self.missing)
        present = np.flatnonzero(~self.missing)
        groups = [(present, v[present]) if r is None else (r, v) for r, v in self.groups]
        if [(v.ndim, v.dtype.kind) for _, v in groups] == [(1, "f")]:
            values = np.full(len(self.missing), np.nan, groups[0][1].dtype)
            values[groups[0][0]] = groups[0][1]
            return Numbers([(None, values)], None, self.flaws)
        return Numbers([*groups, (rows, np.full(len(rows), np.nan))], None, self.flaws)

    def at(self, row: int) -> Array:
        """The value of a row that has one."""
        for rows, values in self.groups:
            index = row if rows is None else int(np.searchsorted(rows, row))
            if rows is None or (index < len(rows) and rows[index] == row):
                value: Array = values[index]
                return value
        raise KeyError(row)


def numbers(column: Any, name: str, dialect: Dialect = USUAL) -> Numbers:
    """The numbers of an Arrow column; a TableError if its type cannot hold any."""
    pa = arrow()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_null(kind):
        return Numbers([], np.ones(len(column), bool))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(column, name, dialect)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _from_lists(column, name)
    if pa.types.is_boolean(kind):
        return _flat(column, np.bool_)
    if pa.types.is_floating(kind):
        is_numpy = kind in (pa.float32(), pa.float64())
        return _flat(column if is_numpy else column.cast(pa.float64()), None)
    if is_number(kind):
        values = _flat(column.cast(pa.float64(), safe=False), None)
        return _unrounded(values, name, lambda row: column[row].as_py())
    raise TableError(f"the column '{name}' holds {kind}, not numbers")


def _flat(column: Any, dtype: Any) -> Numbers:
    if column.null_count == 0:
        values = numbers_of(column) if dtype is None else np.asarray(column, dtype)
        return Numbers([(None, values)])
    missing = np.asarray(column.is_null())
    filled = column.fill_null(False if dtype is np.bool_ else 1.0)
    return Numbers([(None, np.asarray(filled, dtype))], missing)


def _unrounded(values: Numbers, name: str, cell: Callable[[int], Any]) -> Numbers:
    """The numbers, without whole ones that were rounded; `cell` is what a row says exactly."""
    ((_, array),) = values.groups
    for row in np.flatnonzero(np.abs(array) >= EXACT).tolist():
        whole = cell(row)
        if whole is not None and int(whole) == whole and whole != float(array[row]):
            values.flaws.append(Flaw(row, f"{shortened(str(whole), CITED)} {ROUNDED}", name))
    return values


# --- text ---------------------------------------------------------------------------------------


def places(column: Any, name: str, words: Sequence[str]) -> Numbers:
    """Where each text of a column stands among words, -1 if it does not; empty ones are missing."""
    pa = arrow()
    pc = compute()
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    if pa.types.is_null(column.type):
        return Numbers([], np.ones(len(column), bool))
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise TableError(
            f"the column '{name}' holds {column.type}, and is compared with a string",
            help="compare it with a number",
        )
    indices = pc.fill_null(pc.index_in(column, value_set=pa.array(words, column.type)), -1)
    missing = np.asarray(pc.fill_null(pc.equal(column, ""), True))
    return Numbers([(None, np.asarray(indices, float))], missing if missing.any() else None)


def _from_text(column: Any, name: str, dialect: Dialect) -> Numbers:
    """Numbers as text; cells that start with [ are lists."""
    pa = arrow()
    pc = compute()
    if dialect.is_plain:
        with suppress(pa.ArrowInvalid):
            return _unrounded(_flat(column.cast(pa.float64()), None), name, _whole_in(column))
    column = dialect.trimmed(column)
    if pc.any(pc.starts_with(column, "[")).as_py():
        return cells(map(_parsed, column.to_pylist()), name)
    good = pc.fill_null(pc.match_substring_regex(column, dialect.number), True)
    plain = dialect.plain(pc.if_else(good, column, None))
    values = _flat(plain.cast(pa.float64()), None)
    bad = [(row, column[row].as_py()) for row in np.flatnonzero(~np.asarray(good)).tolist()]
    text = name if len(bad) == len(column) - column.null_count else ""
    values.flaws = [
        Flaw(row, f"'{shortened(cell, CITED)}' is not a number", name, way=way_to_read(cell, text))
        for row, cell in bad
    ]
    return _unrounded(values, name, _whole_in(plain))


def _whole_in(column: Any) -> Callable[[int], int | None]:
    """The whole number that a text in a row of a column spells; None for any other text."""

    def cell(row: int) -> int | None:
        text = column[row].as_py().strip()
        return int(text) if len(text) < LONGEST and _WHOLE.fullmatch(text) else None

    return cell


def _parsed(cell: str | None) -> Any:
    """A cell that may be a list in the way of JSON, or a number."""
    if cell is None:
        return None
    try:
        return json.loads(cell)
    except ValueError:
        return cell


# --- values as JSON has them --------------------------------------------------------------------


def cells(values: Iterable[Any], name: str) -> Numbers:
    """Numbers of Python values, those of one shape together."""
    by_shape: dict[tuple[int, ...], tuple[list[int], list[Any]]] = {}
    flaws: list[Flaw] = []
    absent: list[int] = []
    row = -1
    for row, value in enumerate(values):
        array = None if value is None else _array(value)
        if array is None:
            absent.append(row)
            if not _has_null(value):
                flaws.append(
                    Flaw(row, f"{shortened(json_text(value), CITED)} {_fault(value)}", name)
                )
            continue
        rows, arrays = by_shape.setdefault(array.shape, ([], []))
        rows.append(row)
        arrays.append(array)
    groups = [(np.array(rows), np.stack(arrays)) for rows, arrays in by_shape.values()]
    if not absent and len(groups) == 1:
        return Numbers([(None, groups[0][1])])
    missing = np.zeros(row + 1, bool)
    missing[absent] = True
    return Numbers(list(groups), missing if absent else None, flaws)


WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
"""The numbers that JSON lacks."""

DEEPEST = 32
"""Axes that the array of a cell may have."""


def _array(value: Any) -> Array | None:
    """The array of a JSON value; None if it is no number and no array of numbers."""
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, float) or (isinstance(value, int) and not _is_rounded(value)):
        return np.array(float(value))
    if isinstance(value, str):
        return np.array(WORDS[value]) if value in WORDS else None
    if not isinstance(value, list):
        return None
    parts = [part for part in map(_array, value) if part is not None]
    if len(parts) < len(value) or len({part.shape for part in parts}) > 1:
        return None
    if parts and parts[0].ndim == DEEPEST:
        return None
    truths = bool(parts) and all(part.dtype.kind == "b" for part in parts)
    return np.array(parts, bool if truths else float)


def _is_rounded(value: int) -> bool:
    """Whether float64 cannot hold a whole number."""
    return abs(value) >= LARGEST or float(value) != value


def _fault(value: Any) -> str:
    """What is wrong with a value that is no number and no array of numbers."""
    if not isinstance(value, list):
        is_rounded = isinstance(value, int) and abs(value) < LARGEST
        return ROUNDED if is_rounded else "is not a number"
    bad = [item for item in value if _array(item) is None]
    if not bad:
        shapes = {part.shape for part in map(_array, value) if part is not None}
        return "has rows of unequal length" if len(shapes) > 1 else "is nested too deeply"
    lists = [item for item in bad if isinstance(item, list)]
    if any(isinstance(item, int) for item in bad):
        return "holds " + ROUNDED.removeprefix("is ")
    return _fault(lists[0]) if lists else "is not a list of numbers"


def _has_null(value: Any) -> bool:
    return value is None or (isinstance(value, list) and any(map(_has_null, value)))


# --- lists --------------------------------------------------------------------------------------


def _from_lists(column: Any, name: str) -> Numbers:
    """Vectors, matrices … of numbers: by offsets where all have one length, else cell by cell."""
    types = arrow().types
    inner = column.type
    while hasattr(inner, "value_type"):
        inner = inner.value_type
    if not (is_number(inner) or types.is_boolean(inner) or types.is_null(inner)):
        raise TableError(f"the column '{name}' holds lists of {inner}, not of numbers")
    if types.is_integer(inner) and inner.bit_width == 64 and _may_round(column):
        return cells(column.to_pylist(), name)
    regular = _regular(column)
    if regular is not None:
        return Numbers([(None, regular)])
    if len(column) and not types.is_nested(column.type.value_type):
        return _vectors(column)
    return cells(column.to_pylist(), name)


def _may_round(column: Any) -> bool:
    """Whether lists hold whole numbers that float64 might not."""
    while hasattr(column.type, "value_type"):
        column = column.flatten()
    ends = compute().min_max(column).as_py().values()
    return any(end is not None and abs(end) >= EXACT for end in ends)


def _regular(column: Any) -> Array | None:
    """All cells as one array, if there is no null and they have one shape."""
    count = len(column)
    shape: list[int] = []
    while hasattr(column.type, "value_type"):
        if column.null_count or not len(column):
            return None
        lengths = np.asarray(compute().list_value_length(column))
        if lengths[0] != lengths[-1] or (lengths != lengths[0]).any():
            return None
        shape.append(int(lengths[0]))
        column = column.flatten()
    return None if column.null_count else _plain(column).reshape(count, *shape)


def _plain(column: Any) -> Array:
    """Numbers or truth values without nulls."""
    pa = arrow()
    is_truth = pa.types.is_boolean(column.type)
    return np.asarray(column) if is_truth else numbers_of(column.cast(pa.float64(), safe=False))


def _vectors(column: Any) -> Numbers:
    """Vectors of different lengths, those of one length together; a null in one makes it null."""
    pa = arrow()
    lengths = np.asarray(compute().list_value_length(column).fill_null(-1))
    missing = lengths < 0
    flat = column.flatten()
    starts = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))])[:-1]
    if flat.null_count:
        holes = np.flatnonzero(np.asarray(flat.is_null()))
        missing[np.searchsorted(starts, holes, side="right") - 1] = True
        flat = flat.fill_null(True if pa.types.is_boolean(flat.type) else 1.0)
    values = _plain(flat)
    groups: list[tuple[Array | None, Array]] = []
    for length in np.unique(lengths[~missing]).tolist():
        rows = np.flatnonzero((lengths == length) & ~missing)
        groups.append((rows, values[starts[rows][:, None] + np.arange(length)]))
    return Numbers(groups, missing if missing.any() else None)


# --- rows of one shape together -----------------------------------------------------------------


def grouped(
    columns: Sequence[Numbers], bad: Iterable[int], count: int
) -> Iterable[tuple[list[Array], Array | None]]:
    """Arrays of the columns, row for row, for each combination of shapes; numbers of the rows."""
    missing = np.zeros(count, bool)
    missing[list(bad)] = True
    for column in columns:
        if column.missing is not None:
            missing |= column.missing
    if missing.all():
        return []
    if any(len(c.groups) != 1 or c.groups[0][0] is not None for c in columns):
        return _by_shapes(columns, missing, count)
    arrays = [column.groups[0][1] for column in columns]
    if not missing.any():
        return [(arrays, None)]
    rows = np.flatnonzero(~missing)
    return [([x[rows] for x in arrays], rows)]


def _by_shapes(
    columns: Sequence[Numbers], missing: Array, count: int
) -> Iterable[tuple[list[Array], Array]]:
    group = np.full((len(columns), count), -1)
    index = np.zeros((len(columns), count), int)
    for i, column in enumerate(columns):
        for number, (rows, values) in enumerate(column.groups):
            at = slice(None) if rows is None else rows
            group[i, at] = number
            index[i, at] = np.arange(len(values))
    live = np.flatnonzero(~missing & (group >= 0).all(axis=0))
    shapes, which = np.unique(group[:, live], axis=1, return_inverse=True)
    for k in range(shapes.shape[1]):
        rows = live[which.ravel() == k]
        yield ([c.groups[shapes[i, k]][1][index[i, rows]] for i, c in enumerate(columns)], rows)


# --- results as columns -------------------------------------------------------------------------


def result_type(depth: int, dtype: Any) -> Any:
    """The Arrow type of results: numbers or truth values, in lists of that depth."""
    kind = arrow().from_numpy_dtype(dtype)
    for _ in range(depth):
        kind = arrow().list_(kind)
    return kind


@lru_cache(maxsize=4)
def all_rows(count: int) -> Array:
    """The numbers of so many rows."""
    rows = np.arange(count)
    rows.flags.writeable = False
    return rows


def row_order(pieces: Sequence[Array], count: int) -> Any:
    """Where the rows of a batch stand in pieces one behind the other; None: as they are.

    Each piece is given by the numbers of its rows, which grow; null is for rows in no piece.
    """
    if _follow_each_other(pieces, count):
        return None
    order = np.full(count, -1)
    if pieces:
        joined = np.concatenate(pieces)
        order[joined] = all_rows(len(joined))
    return arrow().array(order, mask=order < 0)


def _follow_each_other(pieces: Sequence[Array], count: int) -> bool:
    """Whether growing numbers of rows, piece by piece, are all of so many in their order."""
    start = 0
    for rows in pieces:
        if len(rows) and (rows[0] != start or rows[-1] != start + len(rows) - 1):
            return False
        start += len(rows)
    return start == count


def result_column(pieces: Sequence[tuple[int, Array | None]], order: Any, kind: Any) -> Any:
    """An Arrow column from pieces: how many rows, and their values, or None for nulls."""
    pa = arrow()
    parts = [pa.nulls(n, kind) if x is None else column_of(x, kind) for n, x in pieces]
    joined = parts[0] if len(parts) == 1 else pa.concat_arrays([pa.nulls(0, kind), *parts])
    return joined if order is None else joined.take(order)


def column_of(values: Array, kind: Any) -> Any:
    """An Arrow array of that type, a cell for each row of the values."""
    pa = arrow()
    if values.ndim == 1 and values.dtype.kind == "f":  # pa.array imports numpy.ma at first
        data = pa.py_buffer(np.ascontiguousarray(values))
        return pa.Array.from_buffers(kind, len(values), [None, data])
    if values.ndim == 1:
        return pa.array(values, type=kind)
    count, length = values.shape[:2]
    inner = column_of(values.reshape(count * length, *values.shape[2:]), kind.value_type)
    offsets = np.arange(0, count * length + 1, length) if length else np.zeros(count + 1)
    return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), inner)
