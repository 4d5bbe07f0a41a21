"""What the table that `map` writes looks like: names, types, and how each column comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import TableError
from gradcli.data.tables.kinds import TEXT
from gradcli.data.tables.rows import Rows, result_column, result_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcli.engine.rowtask import Task

    Array = np.ndarray[Any, np.dtype[Any]]


class Layout:
    """The columns of the output: those kept of the input, then the results.

    `types` are Arrow types by name of column of the input (None: as they come), `shapes` depth
    and dtype of each result; `renamed` are columns of the table by name in the program.
    """

    def __init__(
        self,
        task: Task,
        kind: str,
        kept: Sequence[str],
        renamed: Mapping[str, str],
        policy: str,
        *,
        everything: bool = True,
    ) -> None:
        self.everything = everything
        self.used: set[str] = set()
        self.renamed = dict(renamed)
        self.kind = kind
        self.kept = list(kept)
        self.policy = policy
        self.names: list[str] = []
        self.depths: list[tuple[int, Any]] = []
        self.give(task)
        self.types: dict[str, Any] = {}
        self.schema: Any = None

    def give(self, task: Task) -> None:
        """The results are those of a task."""
        self.names = [*self.kept, *task.outputs]
        self.used = {self.column(name) for name in task.columns}
        self.depths = [(0, np.dtype(task.settings.dtype))] * len(task.outputs)

    def column(self, name: str) -> str:
        """The table's name for a column of the program."""
        return self.renamed.get(name, name)

    def settle(self, first: Rows | None, outputs: Sequence[Any] | None, source_kind: str) -> None:
        """Settles the types from the first rows and their results."""
        pa = arrow()
        if outputs is not None:
            self.depths = [
                known if y is None else (y.ndim - 1, y.dtype)
                for y, known in zip(outputs, self.depths, strict=True)
            ]
        if self.kind in TEXT and (self.kind != "jsonl" or source_kind == "jsonl"):
            return
        for name in self.kept:
            column = None if first is None else first.columns[name]
            if column is None:
                self.types[name] = pa.string()
            elif source_kind in ("csv", "tsv"):
                self.types[name] = inferred(column, name in self.used)
            else:
                self.types[name] = pa.string() if pa.types.is_null(column.type) else column.type
        fields = [(name, self.types[name]) for name in self.kept]
        fields += [
            (name, result_type(*known))
            for name, known in zip(self.names[len(self.kept) :], self.depths, strict=True)
        ]
        self.schema = pa.schema(fields)

    def passed(self, rows: Rows, flaws: Mapping[int, Any]) -> list[Any]:
        """The columns that pass through, in their types."""
        return [self._passed(name, rows, flaws) for name in self.kept]

    def _passed(self, name: str, rows: Rows, flaws: Mapping[int, Any]) -> Any:
        if self.kind == "jsonl" and name in rows.values:
            return rows.values[name]
        column = rows.columns[name]
        wanted = self.types.get(name)
        if wanted is None or column.type == wanted:
            return column
        pa = arrow()
        bad = [row for row in flaws if not _fits(column[row], wanted)]
        if bad:
            mask = np.zeros(rows.count, bool)
            mask[bad] = True
            column = pa.compute.if_else(pa.array(mask), None, column)
        try:
            return column.cast(wanted)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise _misfit(name, column, wanted, rows) from error

    def result(self, i: int, pieces: Sequence[tuple[Array | None, Any]], count: int) -> Any:
        """The column of the i-th result."""
        depth, dtype = self.depths[i]
        for _, values in pieces:
            if values is not None and (values.ndim - 1, values.dtype) != (depth, dtype):
                raise TableError(
                    f"{self.names[len(self.kept) + i]} is {_sort(depth, dtype)} in some rows and "
                    f"{_sort(values.ndim - 1, values.dtype)} in others",
                    help="a column holds values of one sort",
                )
        return result_column(pieces, count, result_type(depth, dtype))

    def extras(self, rows: Rows) -> list[dict[str, Any]] | None:
        """The keys of JSON lines that the first rows do not have, which JSON lines take."""
        if rows.extras is None or not self.everything or self.kind == "jsonl":
            return rows.extras if self.everything else None
        row, found = next((i, extra) for i, extra in enumerate(rows.extras) if extra)
        raise TableError(
            f"'{next(iter(found))}' at {rows.place(row)} is no column of the first rows",
            help="write JSON lines, or choose columns with --keep",
        )

    def without(self, columns: Sequence[Any], rows: Sequence[int], count: int) -> list[Any]:
        """The columns without some rows."""
        left = np.ones(count, bool)
        left[list(rows)] = False
        mask = arrow().array(left)
        return [
            None if column is None else column.filter(mask) if not isinstance(column, list)
            else [value for value, keep in zip(column, left, strict=True) if keep]
            for column in columns
        ]  # fmt: skip


def _fits(cell: Any, wanted: Any) -> bool:
    try:
        cell.cast(wanted)
    except (arrow().ArrowInvalid, arrow().ArrowNotImplementedError):
        return False
    return True


def _sort(depth: int, dtype: Any) -> str:
    if dtype.kind == "b":
        return "true or false"
    return ("one number", "a vector", "a matrix")[depth] if depth < 3 else f"of {depth} axes"


def inferred(column: Any, used: bool) -> Any:
    """The type of a column of texts: whole numbers, numbers, truth values, dates, or text.

    One that the program uses is of numbers, unless there are lists in it.
    """
    pa = arrow()
    if used:
        lists = pa.compute.any(pa.compute.starts_with(column, "[")).as_py()
        return pa.string() if lists else pa.float64()
    if column.null_count == len(column):
        return pa.string()
    for kind in (pa.int64(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("s")):
        try:
            cast = column.cast(kind)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        if kind != pa.int64() or cast.cast(pa.string()).equals(column):
            return kind
        return pa.string()
    return pa.string()


def _misfit(name: str, column: Any, wanted: Any, rows: Rows) -> TableError:
    """The error of a cell that is not of the type that the column had at first."""
    for row, cell in enumerate(column):
        if not _fits(cell, wanted):
            return TableError(
                f"'{cell}' at {rows.place(row)}, column {name}, is no {wanted}, as the first rows "
                "are", help=f"--drop {name}, or write CSV or JSON lines",
            )  # fmt: skip
    return TableError(f"the column {name} is {column.type} here, and {wanted} at first")
