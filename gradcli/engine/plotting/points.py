"""The points of a table beside a curve: of any file that a table is read from, or of memory."""

from __future__ import annotations

import os
from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.console import StandardInput
from gradcli.data.files import read_inputs
from gradcli.data.tables.flaws import TableError
from gradcli.errors import InputError
from gradcli.render.picture import Axis, Points

if TYPE_CHECKING:
    from collections.abc import Collection

    from gradcli.data.tables.input import FileInput
    from gradcli.data.tables.row_batch import RowBatch

    Array = np.ndarray[Any, np.dtype[Any]]

HEIGHT = "y"
"""The column with the heights of the points; that of their places is called like the variable."""


def points_of(data: Any, axis: Axis) -> Points:
    """The points of a path, a mapping of arrays, or a table of PyArrow, pandas or Polars."""
    if isinstance(data, (str, os.PathLike)):
        return points_in(os.fspath(data), axis, StandardInput(BytesIO()))
    names = list(getattr(data, "column_names", data))
    _refuse_gaps(names, axis, "data")
    return _points(data[axis.name], data[HEIGHT], axis, "data")


def points_in(path: str, axis: Axis, stdin: StandardInput) -> Points:
    """The points of a file, a folder or a glob of tables; `-` is standard input."""
    shown = f"'{path}'"
    if _holds_arrays(path):
        arrays = read_inputs(path, stdin)
        _refuse_gaps(arrays, axis, shown)
        return _points(arrays[axis.name], arrays[HEIGHT], axis, shown)
    from gradcli.data.tables.files import expand, folder_keys
    from gradcli.data.tables.input import FileInput

    with closing(FileInput(expand([path]), None, stdin, folder_keys([path]))) as table:
        _refuse_gaps(table.columns, axis, shown)
        table.wanted = list(dict.fromkeys((axis.name, HEIGHT)))
        columns = _columns(table)
    return _points(columns[axis.name], columns[HEIGHT], axis, shown)


def _holds_arrays(path: str) -> bool:
    """Whether a file has arrays by name: .npz, a JSON object, columns of text, standard input."""
    from gradcli.data.tables.kinds import packed_kind, read_kind
    from gradcli.data.tables.streams import Streams

    if os.path.isdir(path) or packed_kind(path):
        return False
    return read_kind(path) is None or not Streams(None).is_array(path)


def _columns(table: FileInput) -> dict[str, Array]:
    """The columns that are wanted of a table, from beginning to end."""
    wanted = table.wanted or []
    parts: dict[str, list[Array]] = {name: [] for name in wanted}
    for unit in table.opened(table.units()):
        for chunk in table.chunks(unit):
            batch = table.rows(chunk)
            for name in wanted:
                parts[name].append(_numbers(batch, name))
    return {name: np.concatenate([np.empty(0), *some]) for name, some in parts.items()}


def _numbers(batch: RowBatch, name: str) -> Array:
    """A column of a batch, NaN where a cell is missing; the elements of lists one by one."""
    numbers = batch.numbers(name)
    for flaw in (*batch.flaws, *numbers.flaws):
        raise TableError(f"{flaw.reason} at {batch.position(flaw.row)}, column {name}")
    groups = numbers.seen().groups
    rows = [np.arange(len(y)) if n is None else n for n, y in groups]
    order = np.concatenate([np.empty(0, int), *rows])
    flat = [np.asarray(y, float).reshape(len(y), -1) for _, y in groups]
    cells = [cell for part in flat for cell in part]
    return np.concatenate([np.empty(0), *(cells[i] for i in np.argsort(order, kind="stable"))])


def _refuse_gaps(names: Collection[str], axis: Axis, shown: str) -> None:
    for name in (axis.name, HEIGHT):
        if name not in names:
            help_ = f"its columns are {', '.join(map(str, names))}" if names else None
            raise InputError(f"{shown} has no column '{name}'", help=help_)


def _points(x: Any, y: Any, axis: Axis, shown: str) -> Points:
    """The points within the range, without those that lack a coordinate."""
    x, y = (np.asarray(column, float).ravel() for column in (x, y))
    if len(x) != len(y):
        raise InputError(f"{shown} has {len(x)} numbers {axis.name} and {len(y)} numbers {HEIGHT}")
    inside = (x >= axis.low) & (x <= axis.high) & np.isfinite(y)
    return Points(x[inside], y[inside])
