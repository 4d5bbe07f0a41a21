"""Tables in memory to read: PyArrow's, frames of pandas and Polars, dicts of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager, nullcontext
from itertools import repeat
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables import sizes
from gradcli.data.tables.arrow import arrow
from gradcli.data.tables.chunks import Chunk, Extent, refuse_twins
from gradcli.data.tables.columns import column_of, result_type
from gradcli.data.tables.typed import numbered, typed_rows
from gradcli.data.tables.units import chunk_size, packed, some_of
from gradcli.errors import GradcliError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.row_batch import Form, RowBatch


DEEPEST = 100
"""How many lists may stand in each other in a column."""

_NESTED = frozenset((list, tuple))


class MemoryInput:
    """A table in memory, with what there is to know of it as of files."""

    kind = "arrow"
    is_lasting = True
    paths: tuple[str, ...] = ()

    def __init__(self, data: Any) -> None:
        self._table = as_table(data)
        self.columns: list[str] = self._table.column_names
        self.wanted: list[str] | None = None
        self._all = Extent("", self.kind, tuple(self.columns))
        refuse_twins(self._all)

    def close(self) -> None:
        """Nothing is open."""

    def schema(self) -> Any:
        """The columns with their types."""
        return self._table.schema

    def files(self) -> Iterator[Extent]:
        """All of it."""
        yield self._all

    def units(self, _size: int = 0, groups: int = 1) -> Iterator[Unit]:
        """Rows of the columns that are wanted, as they lie there."""
        table = self._table if self.wanted is None else self._table.select(self.wanted)
        chunks = numbered(self._all, table.to_batches(sizes.ROWS))
        yield from packed(chunks, repeat(groups * sizes.GROUP), chunk_size, some_of)

    def opened(self, units: Iterable[Unit], _size: int = 0) -> Iterable[Unit]:
        """The units, which are all there."""
        return units

    read = units

    def stretches(self, units: Iterable[Unit]) -> Iterator[list[Unit]]:
        """Units, each by itself."""
        return ([unit] for unit in units)

    def peek(self) -> Iterator[Chunk]:
        """The first chunks, to be read once more."""
        return (chunk for unit in self.units() for chunk in self.chunks(unit))

    def about(self, _chunk: Chunk, _count: int) -> int:
        """How many rows there are."""
        return int(self._table.num_rows)

    def chunks(self, unit: Unit) -> Iterator[Chunk]:
        """What a unit holds, chunk by chunk."""
        return (chunk for chunk in unit if isinstance(chunk, Chunk))

    def reading(self, _form: Form) -> AbstractContextManager[None]:
        """Nothing need be read."""
        return nullcontext()

    def read_ahead(self, _form: Form | None = None) -> int:
        """Nothing: it is all there."""
        return 0

    def rows(self, chunk: Chunk, _form: Form | None = None) -> RowBatch:
        """The rows of a chunk."""
        return typed_rows(chunk)


def as_table(data: Any) -> Any:
    """Data as a table of PyArrow, of which nothing is copied that need not be."""
    if isinstance(data, Mapping):
        data = {str(name): _column(str(name), values) for name, values in data.items()}
    with _complaints("the table"):
        return _without_views(arrow().table(data))


@contextmanager
def _complaints(what: str) -> Iterator[None]:
    """Arrow's complaints about something in memory in our words."""
    try:
        yield
    except GradcliError:
        raise
    except Exception as error:  # of Arrow, or whatever an object of another library raises
        reason = str(error).split("\n", maxsplit=1)[0].rstrip(".")
        raise InputError(
            f"{what} cannot be read: {reason}",
            help="a table is one of PyArrow, pandas or Polars, a dict of arrays, or a file's path",
        ) from error


def _column(name: str, values: Any) -> Any:
    """One of the arrays of a dict; the rows of one with several axes are lists."""
    pa = arrow()
    _refuse_loops(name, values, ())
    with _complaints(f"the column '{name}'"):
        if hasattr(values, "__arrow_c_stream__"):
            return pa.chunked_array(values)
        if isinstance(values, np.ma.MaskedArray):
            return pa.array(values.tolist())
        if not isinstance(values, (list, tuple)) and hasattr(values, "__array__"):
            values = np.asarray(values)
            if values.ndim > 1:
                return column_of(values, result_type(values.ndim - 1, values.dtype))
        return pa.array(values)


def _refuse_loops(name: str, values: Any, around: tuple[int, ...]) -> None:
    """A list must not hold itself: Arrow would follow it without end; `around` are those by id."""
    if id(values) in around or len(around) > DEEPEST:
        raise InputError(f"the column '{name}' holds lists that hold themselves, or too many deep")
    if isinstance(values, (list, tuple)) and not _NESTED.isdisjoint(map(type, values)):
        for part in values:
            _refuse_loops(name, part, (*around, id(values)))


def _without_views(table: Any) -> Any:
    """A table whose texts and bytes lie one behind the other, as they do in files."""
    pa = arrow()
    plain = {pa.string_view(): pa.string(), pa.binary_view(): pa.binary()}
    fields = [field.with_type(plain.get(field.type, field.type)) for field in table.schema]
    schema = pa.schema(fields, table.schema.metadata)
    return table if schema.equals(table.schema) else table.cast(schema)
