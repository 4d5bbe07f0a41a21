"""What is found out about a table before `map` runs over it: types, from as few rows as will do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcli.data.tables.bad import MisfitError
from gradcli.engine.tables.mapping import Job, grouped
from gradcli.engine.tables.rows import OF_A_ROW, Results

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcli.data.tables.numbers import Numbers
    from gradcli.data.tables.rows import Rows
    from gradcli.data.tables.source import Source
    from gradcli.engine.tables.account import Count
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.task import Task
    from gradcli.errors import GradcliError

TRIES = 100
"""Rows of a block that are tried until one has results."""


def survey(task: Task, source: Source, layout: Layout) -> Job:
    """The job, its types settled by the first rows, and by the first that has results."""
    job = Job(task, source, layout)
    first: Rows | None = None
    for unit, raw in source.peek():
        rows = source.rows(unit, raw)
        first = first or rows
        columns = [rows.numbers(layout.column(name)) for name in task.columns]
        truths = [
            name
            for name, column in zip(task.columns, columns, strict=True)
            if task.default_wrt and any(v.dtype.kind == "b" for _, v in column.groups)
        ]
        if truths:
            task = task.without(truths)
            layout.give(task)
            return survey(task, source, layout)
        outputs = _first_outputs(job, columns, rows.count)
        if outputs is not None or unit.path == "-":
            layout.settle(first, outputs, source)
            return job
    layout.settle(first, None, source)
    return job


def _first_outputs(job: Job, columns: Sequence[Numbers], count: int) -> list[Any] | None:
    """The outputs of the first row that has some; the error of the program if none can."""
    flaws = [flaw.row for column in columns for flaw in column.flaws]
    failed: list[GradcliError] = []
    for arrays, _ in grouped(columns, flaws, count):
        for row in range(min(len(arrays[0]), TRIES)):
            results = Results()
            job.mapper([x[row : row + 1] for x in arrays], None, results)
            if results.pieces:
                found: list[Any] = results.pieces[0][1]
                return found
            failed += results.failed.values()
    for error in failed:
        if not isinstance(error, OF_A_ROW):
            raise error
    return None


# --- types of all rows --------------------------------------------------------------------------


def settled(job: Job, run: Callable[[], Count]) -> Count:
    """Runs a job; once more, with the types of all rows, if those of the first did not do.

    Such a run must leave nothing of what it began.
    """
    try:
        return run()
    except MisfitError:
        if not job.source.is_lasting:
            raise
    learn(job)
    return run()


def learn(job: Job) -> None:
    """Settles the types of columns by all rows of the table."""
    for unit in job.source.files():
        for raw in job.source.blocks(unit):
            job.layout.widen(job.layout.types_of(job.source.rows(unit, raw)))
