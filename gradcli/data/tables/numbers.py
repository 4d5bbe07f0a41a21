"""Columns of a table as numbers: arrays of one shape each, what is missing, what is no number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import Flaw, TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    Array = np.ndarray[Any, np.dtype[Any]]

NULLS = ("", "NA", "N/A", "null", "NULL", "None", "none")
"""Texts that stand for a missing value."""

NUMBER = r"(?i)^[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?|nan)$"


class Numbers:
    """One column: for each shape that its cells have, the rows (None: all) and their values.

    `missing` marks rows without a value (None: there are none); `flaws` are cells that are no
    numbers, which count as missing, too.
    """

    __slots__ = ("flaws", "groups", "missing")

    def __init__(
        self,
        groups: list[tuple[Array | None, Array]],
        missing: Array | None = None,
        flaws: list[Flaw] | None = None,
    ) -> None:
        self.groups = groups
        self.missing = missing
        self.flaws = flaws or []

    def at(self, row: int) -> Array:
        """The value of a row that has one."""
        for rows, values in self.groups:
            place = row if rows is None else int(np.searchsorted(rows, row))
            if rows is None or (place < len(rows) and rows[place] == row):
                found: Array = values[place]
                return found
        raise KeyError(row)


def numbers(column: Any, name: str) -> Numbers:
    """The numbers of an Arrow column; a TableError if its type cannot hold any."""
    pa = arrow()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    kind = column.type
    if pa.types.is_null(kind):
        return _all_missing(len(column))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _from_text(column, name)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _from_lists(column, name)
    if pa.types.is_boolean(kind):
        return _flat(column, np.bool_)
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _flat(
            column if kind == pa.float32() else column.cast(pa.float64(), safe=False), None
        )
    raise TableError(f"the column '{name}' holds {kind}, not numbers")


def _all_missing(count: int) -> Numbers:
    return Numbers([], np.ones(count, bool))


def _flat(column: Any, dtype: Any) -> Numbers:
    if column.null_count == 0:
        return Numbers([(None, np.asarray(column, dtype))])
    missing = np.asarray(arrow().compute.is_null(column))
    filled = column.fill_null(False if dtype is np.bool_ else 1.0)
    return Numbers([(None, np.asarray(filled, dtype))], missing)


# --- text ---------------------------------------------------------------------------------------


def _from_text(column: Any, name: str) -> Numbers:
    """Numbers as text; cells that start with [ are lists."""
    pa = arrow()
    try:
        return _flat(column.cast(pa.float64()), None)
    except pa.ArrowInvalid:
        pass
    pc = pa.compute
    column = pc.utf8_trim_whitespace(column)
    absent = pc.fill_null(pc.is_in(column, value_set=pa.array(NULLS)), True)
    column = pc.if_else(absent, None, column)
    if pc.any(pc.starts_with(column, "[")).as_py():
        return _cells(_parsed(cell) for cell in column.to_pylist())
    good = pc.fill_null(pc.match_substring_regex(column, NUMBER), True)
    found = _flat(pc.if_else(good, column, None).cast(pa.float64()), None)
    for row in np.flatnonzero(~np.asarray(good)).tolist():
        found.flaws.append(Flaw(row, f"'{_short(column[row].as_py())}' is not a number", name))
    return found


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _parsed(cell: str | None) -> Any:
    """A cell that may be a list in the way of JSON, or a number."""
    if cell is None:
        return None
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def cells(values: Iterable[Any], name: str) -> Numbers:
    """Numbers of Python values, as JSON has them."""
    found = _cells(values)
    for flaw in found.flaws:
        flaw.column = name
    return found


def _cells(values: Iterable[Any]) -> Numbers:
    by_shape: dict[tuple[int, ...], tuple[list[int], list[Any]]] = {}
    flaws: list[Flaw] = []
    absent: list[int] = []
    count = 0
    for row, value in enumerate(values):
        count = row + 1
        array = None if value is None else _array(value)
        if array is None:
            absent.append(row)
            if value is not None and not _has_null(value):
                flaws.append(Flaw(row, f"{_short(json.dumps(value))} {_fault(value)}"))
            continue
        rows, arrays = by_shape.setdefault(array.shape, ([], []))
        rows.append(row)
        arrays.append(array)
    missing = np.zeros(count, bool)
    missing[absent] = True
    groups = [(np.array(rows), np.stack(arrays)) for rows, arrays in by_shape.values()]
    return Numbers(_whole(groups, count), missing if absent else None, flaws)


def _whole(groups: list[Any], count: int) -> list[Any]:
    """One group of all rows needs no row numbers."""
    if len(groups) == 1 and len(groups[0][0]) == count:
        return [(None, groups[0][1])]
    return groups


WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf}
"""The numbers that JSON lacks."""


def _array(value: Any) -> Array | None:
    """The array of a JSON value; None if it is no number and no array of numbers."""
    if isinstance(value, bool):
        return np.array(value)
    if isinstance(value, (int, float)):
        return np.array(float(value))
    if isinstance(value, str):
        return np.array(WORDS[value]) if value in WORDS else None
    if not isinstance(value, list):
        return None
    parts = [_array(item) for item in value]
    if any(part is None for part in parts) or len({p.shape for p in parts if p is not None}) > 1:
        return None
    if not parts:
        return np.zeros(0)
    truths = all(part is not None and part.dtype.kind == "b" for part in parts)
    return np.array(parts, bool if truths else float)


def _fault(value: Any) -> str:
    """What is wrong with a value that is no number and no array of numbers."""
    if not isinstance(value, list):
        return "is not a number"
    parts = [_array(item) for item in value]
    if any(part is None for part in parts):
        return next(
            (
                _fault(v)
                for v, part in zip(value, parts, strict=True)
                if part is None and isinstance(v, list)
            ),
            "is not a list of numbers",
        )
    return "has rows of unequal length"


def _has_null(value: Any) -> bool:
    return value is None or (isinstance(value, list) and any(map(_has_null, value)))


# --- lists --------------------------------------------------------------------------------------


def _from_lists(column: Any, name: str) -> Numbers:
    """Vectors, matrices … of numbers: by offsets where all have one length, else cell by cell."""
    pa = arrow()
    inner = column.type
    while hasattr(inner, "value_type"):
        inner = inner.value_type
    types = pa.types
    tests = (types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_null)
    if not any(test(inner) for test in tests):
        raise TableError(f"the column '{name}' holds lists of {inner}, not of numbers")
    regular = _regular(column)
    if regular is not None:
        return Numbers([(None, regular)])
    if len(column) and not pa.types.is_nested(column.type.value_type):
        return _vectors(column)
    return cells(column.to_pylist(), name)


def _regular(column: Any) -> Array | None:
    """All cells as one array, if there is no null and they have one shape."""
    count = len(column)
    shape: list[int] = []
    while hasattr(column.type, "value_type"):
        if column.null_count or not len(column):
            return None
        lengths = np.asarray(arrow().compute.list_value_length(column))
        if lengths[0] != lengths[-1] or (lengths != lengths[0]).any():
            return None
        shape.append(int(lengths[0]))
        column = column.flatten()
    if column.null_count:
        return None
    return _plain(column).reshape(count, *shape)


def _plain(column: Any) -> Array:
    """Numbers or truth values without nulls."""
    pa = arrow()
    is_truth = pa.types.is_boolean(column.type)
    return np.asarray(column if is_truth else column.cast(pa.float64(), safe=False))


def _vectors(column: Any) -> Numbers:
    """Vectors of different lengths, those of one length together; a null in one makes it null."""
    pa = arrow()
    lengths = np.asarray(pa.compute.list_value_length(column).fill_null(-1))
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
