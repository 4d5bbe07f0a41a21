"""A program over a table: what happens to one chunk of it, whoever it is that asks for it."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables import sizes
from gradcli.data.tables.columns import all_rows, grouped, result_column, row_order
from gradcli.data.tables.flaws import WAY_OUT, WITHOUT_MISSING, Flaw, TableError
from gradcli.data.tables.writers import encode
from gradcli.engine.tables.account import EXAMPLES, Account, Infinite, Met
from gradcli.engine.tables.mapper import Mapper, Results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcli.data.tables.chunks import Chunk, Unit
    from gradcli.data.tables.columns import Numbers
    from gradcli.data.tables.input import TableInput
    from gradcli.data.tables.row_batch import RowBatch
    from gradcli.engine.points.silent import Meeting
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.row_program import RowProgram

    Array = np.ndarray[Any, np.dtype[Any]]
    Flaws = dict[int, Flaw]
    """The bad rows of a batch, by number."""


class TableRun:
    """A program over a table, and the table that it gives; safe to share between threads.

    By the numbers of a `sample` of its rows, machine code is made before any of them is computed.
    """

    def __init__(
        self,
        program: RowProgram,
        table: TableInput,
        layout: Layout,
        sample: Sequence[Array] | None = None,
    ) -> None:
        self.program = program
        self.table = table
        self.layout = layout
        self.mapper = Mapper(program)
        self._samples = iter([] if sample is None else [sample])
        self._is_ready = threading.Event()
        if sample is None:
            self._is_ready.set()

    def chunks(self, unit: Unit) -> Iterator[Chunk]:
        """The chunks of a unit; who is the first to have one makes the machine code for all.

        The others read meanwhile, until they have enough to do, even for their next units.
        """
        read: deque[Chunk] = deque()
        size, most = 0, sizes.AHEAD
        for chunk in self.table.chunks(unit):
            for sample in self._samples:
                self._prepare(sample, chunk)
            read.append(chunk)
            size += chunk.size
            del chunk  # or it would stay while one waits for the next
            while read and (self._is_ready.is_set() or size > most):
                yield read.popleft()
        while not self._is_ready.is_set() and size <= most and (more := self._read_ahead()):
            size += more
        while read:
            yield read.popleft()

    def _read_ahead(self) -> int:
        return self.table.read_ahead(self.layout.form)

    def _prepare(self, sample: Sequence[Array], first: Chunk) -> None:
        try:
            self.mapper.prepare(sample, first.most_rows)
        finally:
            self._is_ready.set()

    def rows(self, chunk: Chunk) -> RowBatch:
        """The rows of a chunk, in the form that the program and the output need."""
        return self.table.rows(chunk, self.layout.form)

    def encoded(self, chunk: Chunk) -> tuple[Any, Account]:
        """The new rows of a chunk, as lines or as a batch, and what was met on the way."""
        batch = self.rows(chunk)
        columns = self.columns(batch)
        results, flaws = self._results(batch, columns)
        account, gaps = self._account(batch, columns, results, flaws)
        layout = self.layout
        new = [*layout.passed(batch, flaws), *self._new_columns(batch.count, results)]
        extras = layout.extras(batch)
        left_out = [*(flaws if layout.policies.bad == "skip" else ()), *gaps]
        if left_out:
            *new, extras = layout.without([*new, extras], left_out, batch.count)
        return encode(layout.kind, layout.names, new, layout.schema, extras), account

    def _account(
        self, batch: RowBatch, columns: Sequence[Numbers], results: Results, flaws: Flaws
    ) -> tuple[Account, Sequence[int]]:
        """What was met, and the rows to be left out as cells are missing."""
        account = Account(batch.count)
        gaps = self._note_missing(account, batch, columns, flaws)
        self._note_infinite(account, batch, columns, results)
        self._note_met(account, batch, columns, results)
        self._note_bad(account, batch, flaws)
        return account, gaps

    def columns(self, batch: RowBatch) -> list[Numbers]:
        """The columns that the program uses."""
        return [self._column(batch, name) for name in self.program.columns]

    def _column(self, batch: RowBatch, name: str) -> Numbers:
        column = self.layout.columns[name]
        if name in self.program.words:
            return batch.places(column, self.program.words[name])
        values = batch.numbers(column)
        return values.seen() if name in self.program.seen else values

    # --- results and bad rows ---------------------------------------------------------------

    def _results(self, batch: RowBatch, columns: Sequence[Numbers]) -> tuple[Results, Flaws]:
        flaws: Flaws = {}
        for flaw in [*batch.flaws, *(flaw for column in columns for flaw in column.flaws)]:
            flaws.setdefault(flaw.row, flaw)
        self._refuse(batch, flaws)
        results = Results()
        for arrays, rows in grouped(columns, flaws, batch.count):
            self.mapper(arrays, all_rows(batch.count) if rows is None else rows, results)
        for row, error in results.failed.items():
            way = f"{error.help}; " if error.help else ""
            flaws[row] = Flaw(row, error.message, span=error.span, way=way)
        flaws.update(self._strangers(results))
        self._refuse(batch, flaws)
        return results, flaws

    def _refuse(self, batch: RowBatch, flaws: Flaws) -> None:
        if flaws and self.layout.policies.bad == "fail":
            raise _bad_row(batch, flaws[min(flaws)])

    def _strangers(self, results: Results) -> Flaws:
        """Takes out rows whose results are of another sort than their columns: they are bad."""
        reasons = [self.layout.strange(outputs) for _, outputs in results.pieces]
        pieces = list(zip(results.pieces, reasons, strict=True))
        results.pieces = [piece for piece, reason in pieces if reason is None]
        return {
            row: Flaw(row, reason)
            for (rows, _), reason in pieces
            if reason is not None
            for row in rows.tolist()
        }

    def _new_columns(self, count: int, results: Results) -> list[Any]:
        """The columns of the results, whose pieces are let go one by one: memory counts."""
        order = row_order([rows for rows, _ in results.pieces], count)
        columns = []
        for kind in reversed(self.layout.result_types):
            pieces = [(len(rows), self._rounded(outputs.pop())) for rows, outputs in results.pieces]
            columns.append(result_column(pieces, order, kind))
        return columns[::-1]

    def _rounded(self, values: Array | None) -> Array | None:
        digits = self.layout.precision
        if digits is None or values is None or values.dtype.kind != "f":
            return values
        texts = [f"{value:.{digits}g}" for value in values.ravel().tolist()]
        return np.array(texts, values.dtype).reshape(values.shape)

    # --- the account ------------------------------------------------------------------------

    def _note_bad(self, account: Account, batch: RowBatch, flaws: Flaws) -> None:
        if flaws:
            account.bad = len(flaws)
            account.first_bad = _bad_row(batch, flaws[min(flaws)]).message
        if self.layout.policies.bad == "null":
            account.cut = sum(flaw.is_cut for flaw in flaws.values())

    def _note_missing(
        self, account: Account, batch: RowBatch, columns: Sequence[Numbers], flaws: Flaws
    ) -> Sequence[int]:
        """Notes in which good rows cells are missing; the rows to be left out for it."""
        named = zip(self.program.columns, columns, strict=True)
        holes = {name: x.missing.copy() for name, x in named if x.missing is not None}
        for rows in holes.values():
            rows[list(flaws)] = False
        gaps = np.flatnonzero(np.any(list(holes.values()), axis=0)) if holes else np.zeros(0, int)
        policy = self.layout.policies.missing
        if len(gaps) and policy == "fail":
            name = next(name for name, rows in holes.items() if rows[gaps[0]])
            raise self._missing(batch.position(int(gaps[0])), name)
        account.gaps = len(gaps)
        account.missing.update({n: int(rows.sum()) for n, rows in holes.items() if rows.any()})
        return gaps.tolist() if policy == "skip" else []

    def _missing(self, position: str, name: str) -> TableError:
        return TableError(
            f"a cell is missing at {position}, column {self.layout.columns[name]}",
            help=f"{WITHOUT_MISSING}; isnan({name}) in the program sees it",
        )

    def _note_infinite(
        self, account: Account, batch: RowBatch, columns: Sequence[Numbers], results: Results
    ) -> None:
        """Notes in how many rows each output is not finite, and the first of them."""
        for i in range(len(self.layout.result_types)):
            rows = [_infinite_rows(rows, outputs[i]) for rows, outputs in results.pieces]
            count = sum(map(len, rows))
            if count:
                first = min(int(part[0]) for part in rows if len(part))
                example = batch.position(first), self._values(columns, first)
                account.infinite[i] = Infinite(count, *example)

    def _note_met(
        self, account: Account, batch: RowBatch, columns: Sequence[Numbers], results: Results
    ) -> None:
        """Notes in how many rows conventions meet that may be no slope, with the first of them."""
        by_meeting: dict[Meeting, list[Array]] = {}
        for meeting, rows in results.met:
            by_meeting.setdefault(meeting, []).append(rows)
        for meeting, parts in by_meeting.items():
            rows = np.sort(np.concatenate(parts))
            examples = [
                (batch.position(row), self._values(columns, row))
                for row in rows[:EXAMPLES].tolist()
            ]
            if examples:
                account.met[meeting] = Met(len(rows), examples)

    def _values(self, columns: Sequence[Numbers], row: int) -> dict[str, Any]:
        """What a row has in each column that the program uses."""
        return dict(zip(self.program.columns, (x.at(row) for x in columns), strict=True))


def _infinite_rows(rows: Array, values: Array | None) -> Array:
    """The numbers of the rows whose values are not all finite."""
    if values is None or values.dtype.kind == "b" or np.isfinite(values).all():
        return rows[:0]
    return rows[~np.isfinite(values).all(axis=tuple(range(1, values.ndim)))]


def _bad_row(batch: RowBatch, flaw: Flaw) -> TableError:
    position = batch.position(flaw.row)
    column = f", column {flaw.column}" if flaw.column else ""
    text = f"{flaw.reason} at {position}{column}"
    return TableError(
        text if flaw.span is None else f"{position}: {flaw.reason}",
        span=flaw.span,
        help=flaw.way + WAY_OUT,
    )
