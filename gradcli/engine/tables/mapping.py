"""`map`: blocks of a table, each computed by a thread, written in order, its bad rows accounted."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcli.data.tables.bad import WAY_OUT, Flaw, TableError
from gradcli.data.tables.sink import encode, part_name, sink
from gradcli.data.whole import whole_file, whole_folder
from gradcli.engine.tables.account import Count, Infinite
from gradcli.engine.tables.rows import Mapper, Results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcli.data.tables.numbers import Numbers
    from gradcli.data.tables.rows import Rows
    from gradcli.data.tables.source import Source, Unit
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.task import Task

    Array = np.ndarray[Any, np.dtype[Any]]


class Job:
    """A task over a source: what happens to one block, whoever it is that asks for it."""

    def __init__(self, task: Task, source: Source, layout: Layout) -> None:
        self.task = task
        self.source = source
        self.layout = layout
        self.mapper = Mapper(task)

    def block(self, unit: Unit, raw: Any) -> tuple[Any, Count]:
        """One block, encoded, and what it went through; safe to call from many threads."""
        rows = self.source.rows(unit, raw)
        count = Count()
        count.rows = rows.count
        given = [rows.numbers(self.layout.column(name)) for name in self.task.columns]
        results, flaws = self.computed(rows, given)
        columns = self.layout.passed(rows, flaws)
        for i in range(len(self.task.outputs)):
            pieces = [(numbers, outputs[i]) for numbers, outputs in results.pieces]
            found = self._watched(pieces, rows, given)
            if found is not None:
                count.note(i, found)
            columns.append(self.layout.result(i, pieces, rows.count))
        if flaws:
            count.bad = len(flaws)
            first = flaws[min(flaws)]
            count.first_bad = _bad_row(rows, first).message
            count.cut = sum(flaw.is_cut for flaw in flaws.values() if self.layout.policy == "null")
        layout = self.layout
        extras = layout.extras(rows)
        if flaws and layout.policy == "skip":
            *columns, extras = layout.without([*columns, extras], sorted(flaws), rows.count)
        return encode(layout.kind, layout.names, columns, layout.schema, extras), count

    def computed(self, rows: Rows, columns: Sequence[Numbers]) -> tuple[Results, dict[int, Flaw]]:
        """The results of a block's rows, and its bad rows by number."""
        flaws: dict[int, Flaw] = {}
        for flaw in [*rows.flaws, *(flaw for column in columns for flaw in column.flaws)]:
            flaws.setdefault(flaw.row, flaw)
        self._refuse(rows, flaws)
        results = Results()
        for arrays, numbers in grouped(columns, list(flaws), rows.count):
            self.mapper(arrays, numbers, results)
        for row, error in results.failed.items():
            flaw = Flaw(row, error.message)
            flaw.span = error.span
            flaws[row] = flaw
        self._sort_out(results, flaws, rows.count)
        self._refuse(rows, flaws)
        return results, flaws

    def _sort_out(self, results: Results, flaws: dict[int, Flaw], count: int) -> None:
        """Rows whose results are of another sort than their columns are bad."""
        for i in reversed(range(len(results.pieces))):
            rows, outputs = results.pieces[i]
            reason = self.layout.strangers(outputs)
            if reason is not None:
                del results.pieces[i]
                numbers = range(count) if rows is None else rows.tolist()
                flaws.update((row, Flaw(row, reason)) for row in numbers)

    def _refuse(self, rows: Rows, flaws: dict[int, Flaw]) -> None:
        if flaws and self.layout.policy == "fail":
            raise _bad_row(rows, flaws[min(flaws)])

    def _watched(self, pieces: list[Any], rows: Rows, given: Sequence[Numbers]) -> Infinite | None:
        """In how many rows an output is not finite, and the first of them."""
        where = [_infinite_rows(numbers, values) for numbers, values in pieces]
        found = [part for part in where if len(part)]
        if not found:
            return None
        first = min(int(part[0]) for part in found)
        row = {name: x.at(first) for name, x in zip(self.task.columns, given, strict=True)}
        return Infinite(sum(map(len, found)), rows.place(first), row)


def _infinite_rows(numbers: Array | None, values: Any) -> Array:
    """The numbers of the rows whose values are not all finite."""
    if values is None or values.dtype.kind == "b" or np.isfinite(values).all():
        return np.zeros(0, int)
    where = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))
    return where if numbers is None else numbers[where]


def _bad_row(rows: Rows, flaw: Flaw) -> TableError:
    column = f", column {flaw.column}" if flaw.column else ""
    return TableError(
        f"{flaw.reason} at {rows.place(flaw.row)}{column}"
        if flaw.span is None
        else f"{rows.place(flaw.row)}: {flaw.reason}",
        span=flaw.span,
        help=WAY_OUT,
    )


# --- rows of one shape together -----------------------------------------------------------------


def grouped(
    columns: Sequence[Numbers], bad: Sequence[int], count: int
) -> Iterator[tuple[list[Array], Array | None]]:
    """Arrays of the columns, row for row, for each combination of shapes; numbers of the rows."""
    missing = np.zeros(count, bool)
    missing[list(bad)] = True
    for column in columns:
        if column.missing is not None:
            missing |= column.missing
    if not count or missing.all():
        return
    if all(len(c.groups) == 1 and c.groups[0][0] is None for c in columns):
        arrays = [column.groups[0][1] for column in columns]
        if not missing.any():
            yield arrays, None
            return
        rows = np.flatnonzero(~missing)
        yield [x[rows] for x in arrays], rows
        return
    yield from _by_shapes(columns, missing, count)


def _by_shapes(
    columns: Sequence[Numbers], missing: Array, count: int
) -> Iterator[tuple[list[Array], Array]]:
    group = np.full((len(columns), count), -1)
    place = np.zeros((len(columns), count), int)
    for i, column in enumerate(columns):
        for number, (rows, values) in enumerate(column.groups):
            at = slice(None) if rows is None else rows
            group[i, at] = number
            place[i, at] = np.arange(len(values))
    live = np.flatnonzero(~missing & (group >= 0).all(axis=0))
    shapes, which = np.unique(group[:, live], axis=1, return_inverse=True)
    for k in range(shapes.shape[1]):
        rows = live[which.ravel() == k]
        arrays = [
            column.groups[shapes[i, k]][1][place[i, rows]] for i, column in enumerate(columns)
        ]
        yield arrays, rows


# --- all blocks ---------------------------------------------------------------------------------


def run_units(
    job: Job,
    units: Iterator[Unit],
    write: Callable[[Any], None],
    workers: int,
    progress: Callable[[int], None],
) -> Count:
    """Computes the blocks of units in threads, and writes them in order."""
    total = Count()
    waiting: deque[Future[tuple[Any, Count]]] = deque()
    writing: deque[Future[None]] = deque()
    with ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(1) as writer:

        def finish() -> None:
            payload, count = waiting.popleft().result()
            total.add(count)
            progress(total.rows)
            writing.append(writer.submit(write, payload))
            while len(writing) > 2:
                writing.popleft().result()

        try:
            for unit in units:
                for raw in job.source.blocks(unit):
                    waiting.append(pool.submit(job.block, unit, raw))
                    if len(waiting) > workers + 1:
                        finish()
            while waiting:
                finish()
            while writing:
                writing.popleft().result()
        except BaseException:
            _cancel(waiting)
            _cancel(writing)
            raise
    return total


def _cancel(futures: deque[Any]) -> None:
    for future in futures:
        future.cancel()


def run_to_stream(job: Job, stream: Any, workers: int, progress: Callable[[int], None]) -> Count:
    """All of the source into one stream."""
    layout = job.layout
    with sink(stream, layout.kind, layout.names, layout.schema) as write:
        return run_units(job, job.source.files(), write, workers, progress)


def run_to_file(job: Job, path: str, workers: int, progress: Callable[[int], None]) -> Count:
    """All of the source into a file, which is there only when it is complete."""
    with whole_file(path) as stream:
        return run_to_stream(job, stream, workers, progress)


def run_to_folder(job: Job, path: str, workers: int, progress: Callable[[int], None]) -> Count:
    """Each unit of the source into a part of a folder."""
    total = Count()
    layout = job.layout

    def show(rows: int) -> None:
        progress(total.rows + rows)

    with whole_folder(path) as folder:
        for i, unit in enumerate(job.source.units()):
            with (
                whole_file(f"{folder}/{part_name(i, layout.kind)}") as stream,
                sink(stream, layout.kind, layout.names, layout.schema) as write,
            ):
                total.add(run_units(job, iter([unit]), write, workers, show))
    return total
