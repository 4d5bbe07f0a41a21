"""What the table that `map` writes looks like: names, types, and how each column comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.bad import MisfitError, TableError
from gradcli.data.tables.encode import Ready
from gradcli.data.tables.kinds import TEXT
from gradcli.data.tables.rows import Rows, result_column, result_type
from gradcli.data.tables.text import DELIMITERS
from gradcli.data.tables.types import as_json, as_texts, cast, inferred, is_bytes, is_text, widened

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from gradcli.data.tables.source import Source
    from gradcli.engine.tables.task import Task

    Array = np.ndarray[Any, np.dtype[Any]]


class Layout:
    """The columns of the output: those kept of the input, then the results.

    `types` are Arrow types by name of column of the input, `depths` depth and dtype of each
    result, `given` the schema of a source that has one, `schema` what is written with types;
    `renamed` are columns of the table by name in the program.
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
        self.given: Any = None
        self.schema: Any = None

    def give(self, task: Task) -> None:
        """The results are those of a task."""
        self.names = [*self.kept, *task.outputs]
        self.used = {self.column(name) for name in task.columns}
        self.depths = [(0, np.dtype(task.settings.dtype))] * len(task.outputs)

    def column(self, name: str) -> str:
        """The table's name for a column of the program."""
        return self.renamed.get(name, name)

    def settle(self, first: Rows | None, outputs: Sequence[Any] | None, source: Source) -> None:
        """Settles the types: from schemas, or from the first rows; from first results."""
        if outputs is not None:
            self.depths = [
                known if y is None else (y.ndim - 1, y.dtype)
                for y, known in zip(outputs, self.depths, strict=True)
            ]
        is_typed = self.kind not in TEXT
        if is_typed or (self.kind == "jsonl" and source.kind in DELIMITERS):
            self.given = source.schema()
            self.types = self.types_of(first)
        if is_typed:
            self.schema = self._schema()

    def types_of(self, rows: Rows | None) -> dict[str, Any]:
        """The types of the columns that pass through, as far as these rows tell."""
        if self.given is not None:
            return {name: self.given.field(name).type for name in self.kept}
        if rows is None:
            return dict.fromkeys(self.kept, arrow().null())
        flaws = {flaw.row for flaw in rows.flaws}
        return {name: self._type_of(name, rows, flaws) for name in self.kept}

    def _type_of(self, name: str, rows: Rows, flaws: Collection[int]) -> Any:
        if name in rows.values:
            return rows.columns[name].type
        column = _blanked(rows.columns[name], flaws)
        return inferred(column, name in self.used)

    def widen(self, types: Mapping[str, Any]) -> None:
        """The columns take what is of these types, too."""
        for name, kind in types.items():
            self.types[name] = widened(self.types[name], kind)
        self.schema = self._schema()

    def _schema(self) -> Any:
        """What is written with types; texts where no cell told a type."""
        pa = arrow()
        fields = [self._field(name) for name in self.kept]
        fields += [
            pa.field(name, result_type(*known))
            for name, known in zip(self.names[len(self.kept) :], self.depths, strict=True)
        ]
        return pa.schema(fields, None if self.given is None else self.given.metadata)

    def _field(self, name: str) -> Any:
        pa = arrow()
        if self.given is not None:
            return self.given.field(name)
        kind = self.types[name]
        if pa.types.is_null(kind):
            kind = pa.float64() if name in self.used else pa.string()
        return pa.field(name, kind)

    # --- one block --------------------------------------------------------------------------

    def passed(self, rows: Rows, flaws: Mapping[int, Any]) -> list[Any]:
        """The columns that pass through, in their types."""
        return [self._passed(name, rows, flaws) for name in self.kept]

    def _passed(self, name: str, rows: Rows, flaws: Mapping[int, Any]) -> Any:
        if self.kind == "jsonl" and name in rows.values:
            return rows.values[name]
        column = rows.columns[name]
        if self.schema is not None:
            return self._typed(name, column, rows, flaws)
        if self.kind == "jsonl" and name in self.types:
            return Ready(as_json(column, self.types[name]))
        return _readable(name, column, rows)

    def _typed(self, name: str, column: Any, rows: Rows, flaws: Mapping[int, Any]) -> Any:
        """A column in the type that is written; bad cells that have no place in it are null."""
        wanted = self.schema.field(name).type
        if column.type == wanted:
            return column
        found = cast(column, wanted)
        if found is None and flaws and name in self.used:
            bad = [row for row in flaws if cast(column[row : row + 1], wanted) is None]
            found = cast(_blanked(column, bad), wanted)
        if found is None:
            raise _misfit(name, column, wanted, rows)
        return found

    def strangers(self, outputs: Sequence[Any]) -> str | None:
        """What is wrong with outputs that are of another sort than those of the first rows."""
        for i, (values, (depth, dtype)) in enumerate(zip(outputs, self.depths, strict=True)):
            if values is not None and (values.ndim - 1, values.dtype) != (depth, dtype):
                name = self.names[len(self.kept) + i]
                return (
                    f"{name}, {_sort(depth, dtype)} in the first rows, "
                    f"is {_sort(values.ndim - 1, values.dtype)}"
                )
        return None

    def result(self, i: int, pieces: Sequence[tuple[Array | None, Any]], count: int) -> Any:
        """The column of the i-th result."""
        return result_column(pieces, count, result_type(*self.depths[i]))

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
            None
            if column is None
            else column.filter(mask)
            if not isinstance(column, list)
            else [value for value, keep in zip(column, left, strict=True) if keep]
            for column in columns
        ]


def _blanked(column: Any, flaws: Collection[int]) -> Any:
    """A column without the cells of bad rows."""
    if not flaws:
        return column
    mask = np.zeros(len(column), bool)
    mask[list(flaws)] = True
    return arrow().compute.if_else(arrow().array(mask), None, column)


def _sort(depth: int, dtype: Any) -> str:
    if dtype.kind == "b":
        return "true or false"
    return ("one number", "a vector", "a matrix")[depth] if depth < 3 else f"of {depth} axes"


def _readable(name: str, column: Any, rows: Rows) -> Any:
    """A column that can be written as text: bytes that are text in UTF-8 become it."""
    if not is_bytes(column.type):
        return column
    for row, cell in enumerate(column):
        if cell.is_valid and not is_text(cell.as_py()):
            raise TableError(
                f"bytes that are no text at {rows.place(row)}, column {name}",
                help=f"--drop {name}, or write Parquet or Arrow",
            )
    return as_texts(column)


def _misfit(name: str, column: Any, wanted: Any, rows: Rows) -> MisfitError:
    """The error of a cell that is not of the type that the column had at first."""
    row = next((i for i in range(len(column)) if cast(column[i : i + 1], wanted) is None), 0)
    return MisfitError(
        f"'{column[row]}' at {rows.place(row)}, column {name}, is no {wanted}, as the first rows "
        "are",
        help=f"--drop {name}, write CSV or JSON lines, or read files, whose rows are all looked at",
    )
