"""What the table that `map` writes looks like: names, types, and how each column comes about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.file_kinds import DELIMITERS
from gradcli.data.tables.arrow import arrow, compute, is_bytes
from gradcli.data.tables.columns import result_type
from gradcli.data.tables.encode import Ready
from gradcli.data.tables.flaws import MisfitError, TableError
from gradcli.data.tables.kinds import TEXT
from gradcli.data.tables.row_batch import Form
from gradcli.data.tables.types import as_json, cast, inferred, widened
from gradcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from gradcli.data.tables.flaws import Policies
    from gradcli.data.tables.input import TableInput
    from gradcli.data.tables.row_batch import RowBatch
    from gradcli.engine.tables.row_program import RowProgram


class Layout:
    """The columns of the output: those kept of the input, then the results.

    `types` are Arrow types by name of column of the input, `depths` depth and dtype of each
    result, `input_schema` what a typed input says of itself, `schema` what is written with types;
    `columns` are those of the table by name in the program. `everything` says that no columns
    were chosen, so that keys of later JSON lines pass through, too; `precision` is how many
    significant digits results have (None: all).
    """

    def __init__(
        self,
        program: RowProgram,
        kind: str,
        kept: Sequence[str],
        columns: Mapping[str, str],
        policies: Policies,
        *,
        everything: bool = True,
    ) -> None:
        self.kind = kind
        self.kept = list(kept)
        self.columns = dict(columns)
        self.policies = policies
        self.everything = everything
        self.precision: int | None = None
        self.types: dict[str, Any] = {}
        self.input_schema: Any = None
        self.schema: Any = None
        self.give(program)

    def give(self, program: RowProgram) -> None:
        """The results are those of a program."""
        self.names = [*self.kept, *program.outputs]
        self.texts = {self.columns[name] for name in program.words}
        self.used = {self.columns[name] for name in program.columns} - self.texts
        self.depths = [(0, np.dtype(program.settings.dtype))] * len(program.outputs)

    @property
    def result_types(self) -> list[Any]:
        """The Arrow types of the results."""
        return [result_type(depth, dtype) for depth, dtype in self.depths]

    @property
    def form(self) -> Form:
        """What is needed of the rows of CSV and TSV."""
        numbers, words, delimiter = self.used, self.texts, DELIMITERS.get(self.kind)
        return Form(frozenset(numbers), frozenset(words), tuple(self.kept), delimiter)

    # --- types ------------------------------------------------------------------------------

    def settle(self, first: RowBatch | None, outputs: Sequence[Any] | None, of: TableInput) -> None:
        """Settles the types: from schemas, or from the first rows; from first results."""
        _refuse_collisions(self.kept, self.names[len(self.kept) :])
        if outputs is not None:
            self.depths = [
                before if y is None else (y.ndim - 1, y.dtype)
                for y, before in zip(outputs, self.depths, strict=True)
            ]
        is_typed = self.kind not in TEXT
        if is_typed or (self.kind == "jsonl" and of.kind in DELIMITERS):
            self.input_schema = of.schema()
            self.types = self.types_of(first)
        if is_typed:
            self.schema = self._schema()

    def types_of(self, batch: RowBatch | None) -> dict[str, Any]:
        """The types of the columns that pass through, as far as these rows tell."""
        if self.input_schema is not None:
            return {name: self.input_schema.field(name).type for name in self.kept}
        if batch is None:
            return dict.fromkeys(self.kept, arrow().null())
        flaws = {flaw.row for flaw in batch.flaws}
        return {
            name: batch.columns[name].type
            if name in batch.values or name in self.texts
            else inferred(_blanked(batch.written(name), flaws), name in self.used, batch.dialect)
            for name in self.kept
        }

    def widen(self, types: Mapping[str, Any]) -> None:
        """The columns take what is of these types, too."""
        for name, kind in types.items():
            self.types[name] = widened(self.types[name], kind)
        self.schema = self._schema()

    def _schema(self) -> Any:
        """What is written with types; texts where no cell told a type."""
        pa = arrow()
        new = zip(self.names[len(self.kept) :], self.result_types, strict=True)
        fields = [*map(self._field, self.kept), *(pa.field(*pair) for pair in new)]
        return pa.schema(fields, None if self.input_schema is None else self.input_schema.metadata)

    def _field(self, name: str) -> Any:
        pa = arrow()
        if self.input_schema is not None:
            return self.input_schema.field(name)
        kind = self.types[name]
        if pa.types.is_null(kind):
            kind = pa.float64() if name in self.used else pa.string()
        return pa.field(name, kind)

    # --- a batch of rows --------------------------------------------------------------------

    def passed(self, batch: RowBatch, flaws: Collection[int]) -> list[Any]:
        """The columns that pass through, in their types; `flaws` are the numbers of bad rows."""
        if batch.lines is not None:
            return [Ready(batch.lines)]
        return [self._passed(name, batch, flaws) for name in self.kept]

    def _passed(self, name: str, batch: RowBatch, flaws: Collection[int]) -> Any:
        if self.kind == "jsonl" and name in batch.values:
            return batch.values[name]
        column = batch.written(name)
        if self.schema is not None:
            return self._typed(name, batch, flaws)
        if self.kind == "jsonl" and name in self.types:
            return Ready(as_json(column, self.types[name], batch.dialect))
        return _readable(name, batch) if is_bytes(column.type) else column

    def _typed(self, name: str, batch: RowBatch, flaws: Collection[int]) -> Any:
        """A column in the type that is written; bad cells that have no place in it are null."""
        column, wanted = batch.written(name), self.schema.field(name).type
        if column.type == wanted:
            return column
        dialect = batch.dialect
        fitting = cast(column, wanted, dialect)
        if fitting is None and flaws and name in self.used:
            bad = [row for row in flaws if cast(column[row : row + 1], wanted, dialect) is None]
            fitting = cast(_blanked(column, bad), wanted, dialect)
        if fitting is not None:
            return fitting
        row = _first(column, lambda cell: cast(cell, wanted, dialect) is None)
        raise _misfit(f"'{column[row]}' at {batch.position(row)}", name, wanted)

    def strange(self, outputs: Iterable[Any]) -> str | None:
        """What is wrong with outputs that are of another sort than those of the first rows."""
        for i, (values, sort) in enumerate(zip(outputs, self.depths, strict=True)):
            if values is not None and (values.ndim - 1, values.dtype) != sort:
                name = self.names[len(self.kept) + i]
                here = _sort(values.ndim - 1, values.dtype)
                return f"{name} is {_sort(*sort)} in the first rows, and {here}"
        return None

    def extras(self, batch: RowBatch) -> list[dict[str, Any]] | None:
        """The keys of JSON lines that the first rows do not have, which JSON lines take."""
        if batch.extras is None or not self.everything or self.kind == "jsonl":
            return batch.extras if self.everything else None
        row, extra = next((i, extra) for i, extra in enumerate(batch.extras) if extra)
        raise TableError(
            f"'{next(iter(extra))}' at {batch.position(row)} is not a column of the first rows",
            help="write JSON lines, or choose columns with ⟨keep⟩",
        )

    def without(self, columns: Sequence[Any], rows: Sequence[int], count: int) -> list[Any]:
        """The columns without some rows."""
        left = np.ones(count, bool)
        left[list(rows)] = False
        return [column if column is None else _filtered(column, left) for column in columns]


def _misfit(cell: str, name: str, wanted: Any) -> MisfitError:
    return MisfitError(
        f"{cell}, column {name}, is not {wanted}, as the first rows are",
        help=f"⟨drop {name}⟩, write CSV or JSON lines, or read files: types are found in all "
        "of their rows",
    )


def _filtered(column: Any, left: np.ndarray[Any, Any]) -> Any:
    if isinstance(column, list):
        return [value for value, keep in zip(column, left, strict=True) if keep]
    mask = arrow().array(left)
    return Ready(column.texts.filter(mask)) if isinstance(column, Ready) else column.filter(mask)


def _blanked(column: Any, rows: Collection[int]) -> Any:
    """A column without the cells of some rows."""
    if not rows:
        return column
    mask = np.zeros(len(column), bool)
    mask[list(rows)] = True
    return compute().if_else(arrow().array(mask), None, column)


def _sort(depth: int, dtype: Any) -> str:
    if dtype.kind == "b":
        return "true or false"
    return ("one number", "a vector", "a matrix")[depth] if depth < 3 else f"of {depth} axes"


def _first(column: Any, is_bad: Callable[[Any], bool]) -> int:
    """The first row whose cell, a column of one, is bad."""
    return next((i for i in range(len(column)) if is_bad(column[i : i + 1])), 0)


def _readable(name: str, batch: RowBatch) -> Any:
    """Bytes that are text in UTF-8 as text."""
    column, text = batch.columns[name], arrow().string()
    readable = cast(column, text)
    if readable is None:
        row = _first(column, lambda cell: cast(cell, text) is None)
        raise TableError(
            f"bytes that are not text in UTF-8 at {batch.position(row)}, column {name}",
            help=f"⟨drop {name}⟩, or write Parquet or Arrow",
        )
    return readable


def _refuse_collisions(kept: Collection[str], outputs: Sequence[str]) -> None:
    """No column may be there twice."""
    for i, name in enumerate(outputs):
        if name in kept:
            raise UsageError(
                f"the table already has a column '{name}'",
                help=f"⟨prefix new_⟩ names the new ones new_{name} …, or ⟨drop {name}⟩",
            )
        if name in outputs[:i]:
            raise UsageError(f"two new columns would be named '{name}'", help="ask each once")
