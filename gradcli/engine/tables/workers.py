"""Units of a table, each worked on from reading to encoding by one worker; threads of this process.

A pool by hand: what is encoded waits in order to be appended, never more than a few units of it,
so that memory stays bounded and an error ends all of it at once; no executor of a library promises
both.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, nullcontext, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from gradcli.data.tables import sizes
from gradcli.data.tables.kinds import TEXT
from gradcli.data.tables.writers import encoded_group, groups, part_name, part_writer
from gradcli.data.whole import whole_file, whole_folder
from gradcli.engine.tables.account import Account
from gradcli.engine.tables.dealing import dealt
from gradcli.engine.time_limit import shared
from gradcli.errors import LimitError
from gradcli.exec.memory_left import spare

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.input import TableInput
    from gradcli.data.tables.output import TableOutput
    from gradcli.data.tables.row_batch import Form
    from gradcli.engine.tables.table_run import TableRun

MEMORY_KEPT = {-1: 2**26, -3: 2**25, -8: 1}
"""What the C library is told by mallopt: bytes from which memory goes back to the system, free at
the end (M_TRIM_THRESHOLD), or a single array (M_MMAP_THRESHOLD); how many heaps threads have, as
one takes what another has let go of (M_ARENA_MAX)."""

LEAST = 96 * 2**20
"""Bytes without which no table is begun: Arrow ends the process where it gets none for a thread."""

A_CHUNK = 48 * 2**20
"""Bytes without which no chunk is begun: what writes numbers crashes where it gets none."""

A_WORKER = 192 * 2**20
"""Bytes that a worker may need for what is read, computed and encoded at a time."""

SWITCH = 0.0001
"""Seconds after which a thread lets go of Python's lock if another one wants it. Fifty times as
many, as it is elsewhere, are what it takes to parse a chunk, which needs the lock for moments only;
with five times as many a map from CSV takes a twenty-fifth longer."""

X = TypeVar("X")
Y = TypeVar("Y")


class Watcher(NamedTuple):
    """Who is told how far a run is (rows, and bad ones among them), and what it waits for."""

    progress: Callable[[int, int], None] = lambda rows, bad: None
    tell: Callable[[str], None] = lambda text: None


def set_up_process() -> None:
    """In a process of our own: threads share Python's lock, and free memory is kept for new arrays.

    To ask the system for it again takes a sixth of a run from Parquet to Parquet, and more than
    half of it in a worker of Dask, which is set to give back every bit at once.
    """
    sys.setswitchinterval(SWITCH)
    os.environ.setdefault("MIMALLOC_PURGE_DELAY", "-1")  # Arrow's allocator never gives any back
    with suppress(AttributeError, OSError, TypeError):
        set_option = ctypes.CDLL(None).mallopt
        for option, size in MEMORY_KEPT.items():
            set_option(option, size)


def refuse_little_memory(least: int = LEAST) -> None:
    """An error where there would be a crash."""
    left = spare()
    if left < least:
        raise LimitError(
            f"not enough memory for a table: {left >> 20}M are left",
            help="⟨max_memory⟩ gives more: 200M is enough for most",
        )


def in_order(
    pool: ThreadPoolExecutor, function: Callable[[X], Y], items: Iterable[X], ahead: int
) -> Generator[Y, None, None]:
    """What a function gives for each item, in order; at most so many items wait in the pool."""
    waiting: deque[Future[Y]] = deque()
    function = shared(function)
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


def worked(run: TableRun, unit: Unit, append: Callable[[Any], None]) -> Account:
    """Reads and computes a unit, of which each group is appended, wherever that is done."""
    layout = run.layout
    account = Account()

    def batches() -> Iterator[Any]:
        for chunk in run.chunks(unit):
            refuse_little_memory(max(A_CHUNK, 4 * chunk.size))
            rows, seen = run.encoded(chunk)
            account.add(seen)
            del chunk  # or it would stay while one waits for the next
            yield rows
            del rows

    for group in groups(layout.kind, batches(), layout.schema):
        append(group)
        del group  # or it would stay while the next one is computed
    return account


def worked_through(run: TableRun, unit: Unit, append: Callable[[Any], None]) -> Account:
    """The same of a unit whose files may still have to be read into chunks."""
    account = Account()
    for some in run.table.opened([unit]):
        account.add(worked(run, some, append))
    return account


def write_part(run: TableRun, unit: Unit, path: str, names: Sequence[str]) -> Account:
    """A unit as a part, which appears whole; its header, if it is to have one, has the names."""
    layout = run.layout
    with (
        whole_file(path, is_part=True) as stream,
        part_writer(stream, layout.kind, names, layout.schema) as sink,
    ):
        return worked_through(run, unit, sink.write)


def reading(
    table: TableInput, form: Form, output: TableOutput, workers: int
) -> AbstractContextManager[None]:
    """Within it what goes into one output is read ahead, if several threads may work on it."""
    is_one = not output.is_folder and min(workers, spare() // A_WORKER) > 1
    return table.reading(form) if is_one else nullcontext()


def run_in_threads(run: TableRun, output: TableOutput, workers: int, watcher: Watcher) -> Account:
    """All of the table into the output, by so many threads, or as many as there is memory for."""
    total = Account()
    workers = min(workers, max(spare() // A_WORKER, 1))
    with ThreadPoolExecutor(workers) as pool:
        answers = _parts if output.is_folder else _groups
        with closing(answers(run, output, pool, workers)) as accounts:
            for account in accounts:
                total.add(account)
                watcher.progress(total.rows, total.bad)
    return total


def _groups(
    run: TableRun, output: TableOutput, pool: ThreadPoolExecutor, workers: int
) -> Generator[Account, None, None]:
    """The units one behind the other in one output: encoded by the workers, appended here."""

    def work(unit: Unit) -> tuple[list[Any], Account]:
        groups: list[Any] = []
        account = worked(run, unit, lambda group: groups.append(encoded_group(layout.kind, group)))
        return groups, account

    layout = run.layout
    size = sizes.CHUNK if layout.kind in TEXT else sizes.SHARE
    units = run.table.read(size if spare() > A_WORKER else size // 8)
    with (
        output.opened(layout.kind, layout.names, layout.schema) as sink,
        closing(in_order(pool, work, units, workers)) as answers,
    ):
        for groups, account in answers:
            while groups:
                sink.write(groups.pop(0))
            yield account


def _parts(
    run: TableRun, output: TableOutput, pool: ThreadPoolExecutor, workers: int
) -> Generator[Account, None, None]:
    """The units as parts of a folder, each by one worker from reading to writing."""
    names = run.layout.names

    def work(numbered: tuple[int, Unit]) -> Account:
        number, unit = numbered
        return write_part(run, unit, f"{folder}/{part_name(number, run.layout.kind)}", names)

    numbers, table = count(), run.table
    units = table.stretches(table.opened(table.units()))
    stretches = ([(next(numbers), unit) for unit in some] for some in units)
    with (
        whole_folder(str(output.path), pool) as folder,
        closing(dealt(pool, shared(work), stretches, workers)) as answers,
    ):
        yield from answers
