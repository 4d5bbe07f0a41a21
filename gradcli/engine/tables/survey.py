"""What is found out about a table before `map` runs over it: types, from as few rows as will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.columns import grouped
from gradcli.data.tables.flaws import MisfitError
from gradcli.engine.tables.mapper import OF_A_ROW, Results
from gradcli.engine.tables.row_program import PartsError
from gradcli.engine.tables.table_run import TableRun
from gradcli.exec.executors import COMPILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gradcli.data.tables.columns import Numbers
    from gradcli.data.tables.input import TableInput
    from gradcli.data.tables.row_batch import RowBatch
    from gradcli.engine.tables.account import Account
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.errors import GradcliError

    Array = np.ndarray[Any, np.dtype[Any]]

TRIES = 100
"""Rows of a chunk that are tried until one has results."""


def survey(program: RowProgram, table: TableInput, layout: Layout) -> TableRun:
    """The run, its types settled by the first rows, and by the first that has results."""
    run = TableRun(program, table, layout)
    first: RowBatch | None = None
    outputs: list[Any] | None = None
    for chunk in table.peek():
        batch = run.rows(chunk)
        first = first or batch
        columns = run.columns(batch)
        truths = _truths(program, columns)
        if truths:
            return _again(program.without(truths), table, layout)
        try:
            outputs = _first_outputs(run, columns, batch.count)
        except PartsError as error:
            return _again(program.of(error.count), table, layout)
        if outputs is not None:
            break
    layout.settle(first, outputs, table)
    is_long = first is not None and _is_worth_compiling(run, table.about(chunk, batch.count))
    if not is_long:
        return run
    sample, _ = next(iter(_computable(columns, batch.count)), (None, None))
    return TableRun(program.compiled(), table, layout, sample)


def _computable(
    columns: Sequence[Numbers], count: int
) -> Iterable[tuple[list[Array], Array | None]]:
    """Arrays of the rows that have a number in each column, and which they are."""
    flaws = [flaw.row for column in columns for flaw in column.flaws]
    return grouped(columns, flaws, count)


def _is_worth_compiling(run: TableRun, rows: int) -> bool:
    """Whether machine code is to run so many rows: as the environment says, or if that saves time.

    It is asked once for all workers, so that rows come out the same whoever computes them.
    """
    executor = run.program.settings.executor
    return executor == COMPILED or (not executor and run.mapper.is_worth_compiling(rows))


def _again(program: RowProgram, table: TableInput, layout: Layout) -> TableRun:
    """The survey with what was learnt of the program."""
    layout.give(program)
    return survey(program, table, layout)


def _truths(program: RowProgram, columns: Sequence[Numbers]) -> list[str]:
    """Columns that are true or false, where nobody said what to differentiate by."""
    if program.request.wrt is not None:
        return []
    named = zip(program.columns, columns, strict=True)
    return [n for n, column in named if any(v.dtype.kind == "b" for _, v in column.groups)]


def _first_outputs(run: TableRun, columns: Sequence[Numbers], count: int) -> list[Any] | None:
    """The outputs of the first row that has some; the error of the program if none can.

    A PartsError says that the number of results was a wrong guess.
    """
    failed: list[GradcliError] = []
    for arrays, _ in _computable(columns, count):
        for row in range(min(len(arrays[0]), TRIES)):
            results = Results()
            run.mapper([x[row : row + 1] for x in arrays], np.arange(1), results)
            if results.pieces:
                return results.pieces[0][1]
            failed += results.failed.values()
            if not run.program.is_settled and isinstance(failed[-1], PartsError):
                raise failed[-1]
    for error in failed:
        if not isinstance(error, OF_A_ROW):
            raise error
    return None


# --- types of all rows --------------------------------------------------------------------------


def settled(run: TableRun, work: Callable[[], Account], *, begins_anew: bool) -> Account:
    """Does the work with types that hold for all rows, learnt from them when need be.

    Work that cannot be begun anew must have them before; what can must leave nothing it began.
    """
    is_lasting = run.table.is_lasting
    if not begins_anew:
        if run.layout.schema is not None and run.layout.input_schema is None and is_lasting:
            _learn(run)
        return work()
    try:
        return work()
    except MisfitError:
        if not is_lasting:
            raise
    _learn(run)
    return work()


def _learn(run: TableRun) -> None:
    """Settles the types of columns by all rows of the table."""
    for unit in run.table.units():
        for chunk in run.table.chunks(unit):
            run.layout.widen(run.layout.types_of(run.rows(chunk)))
