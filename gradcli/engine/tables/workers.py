"""Chunks of a table computed in threads and written in order, into one output or into parts.

Thread pools by hand: what is parsed and computed waits in order for one writer, never more than a
few chunks of it, so that memory stays bounded, an error ends all of it at once, and reading,
computing and writing overlap; no executor of a library promises all three.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from gradcli.data.tables.writers import part_name, writer
from gradcli.data.whole import whole_file, whole_folder
from gradcli.engine.tables.account import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable
    from concurrent.futures import Future

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.output import TableOutput
    from gradcli.engine.tables.table_run import TableRun

X = TypeVar("X")
Y = TypeVar("Y")


class Watcher(NamedTuple):
    """Who is told how far a run is (rows, and bad ones among them), and what it waits for."""

    progress: Callable[[int, int], None] = lambda rows, bad: None
    tell: Callable[[str], None] = lambda text: None


def in_order(
    pool: ThreadPoolExecutor, function: Callable[[X], Y], items: Iterable[X], ahead: int
) -> Generator[Y, None, None]:
    """What a function gives for each item, in order; at most so many items wait in the pool."""
    waiting: deque[Future[Y]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            del item  # or it would stay while one waits for the next
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def run_units(
    run: TableRun,
    units: Iterable[Unit],
    write: Callable[[Any], None],
    workers: int,
    progress: Callable[[int, int], None],
) -> Account:
    """Computes the chunks of units in threads, and writes them in order."""

    def written(encoded: tuple[Any, Account]) -> Account:
        write(encoded[0])
        return encoded[1]

    total = Account()
    chunks = (chunk for unit in units for chunk in run.table.chunks(unit))
    with (
        ThreadPoolExecutor(workers) as pool,
        ThreadPoolExecutor(1) as one,
        closing(in_order(pool, run.encoded, chunks, workers + 1)) as encoded,
    ):
        for account in in_order(one, written, encoded, 2):
            total.add(account)
            progress(total.rows, total.bad)
    return total


def run_in_threads(run: TableRun, output: TableOutput, workers: int, watcher: Watcher) -> Account:
    """All of the table into the output, by so many threads."""
    if output.path is not None and output.is_folder:
        return _to_folder(run, output.path, workers, watcher)
    layout = run.layout
    with output.opened(layout.kind, layout.names, layout.schema) as write:
        return run_units(run, run.table.files(), write, workers, watcher.progress)


def _to_folder(run: TableRun, path: str, workers: int, watcher: Watcher) -> Account:
    """Each unit of the table into a part of a folder."""
    layout = run.layout
    total = Account()

    def progress(rows: int, bad: int) -> None:
        watcher.progress(total.rows + rows, total.bad + bad)

    with whole_folder(path) as folder:
        for i, unit in enumerate(run.table.units()):
            with (
                whole_file(f"{folder}/{part_name(i, layout.kind)}") as stream,
                writer(stream, layout.kind, layout.names, layout.schema) as write,
            ):
                total.add(run_units(run, [unit], write, workers, progress))
    return total
