"""`map` over a Dask cluster: each unit of the table becomes a part, the parts become the output.

A worker does what a thread does (`workers.write_part`); parts that become one file are not encoded
again, but copied one behind the other. Units are handed out by hand, not by Dask's own data frames:
only so do a few of them at a time wait at the scheduler, parts come out whole and in order whatever
worker dies, and the output has the bytes that threads would have written.
"""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections import deque
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.chunks import Extent
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.writers import part_name, read_part
from gradcli.data.whole import whole_folder
from gradcli.engine.tables.account import Account
from gradcli.engine.tables.table_run import TableRun
from gradcli.engine.tables.workers import keep_memory, write_part
from gradcli.errors import GradcliError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from contextlib import AbstractContextManager

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.dialect import Dialect
    from gradcli.data.tables.output import TableOutput
    from gradcli.engine.tables.layout import Layout
    from gradcli.engine.tables.row_program import RowProgram
    from gradcli.engine.tables.workers import Watcher

AHEAD = 4
"""Units for each worker that the scheduler knows of at a time."""

PATIENCE = 5.0
"""Seconds after which one looks whether there are still workers."""


class ClusterError(GradcliError):
    """A cluster that does not do what it is there for."""

    kind = "input"
    status = 1


def distributed() -> Any:
    """Dask's scheduler, or what to install."""
    try:
        import distributed as package
    except ImportError as error:
        raise UsageError(
            "⟨dask⟩ needs Dask, which is not installed", help="pip install 'gradcli[dask]'"
        ) from error
    return package


# --- on a worker --------------------------------------------------------------------------------


@dataclass(frozen=True)
class WorkOrder:
    """What every worker needs to know, as data; `names` are the header of parts of text."""

    program: RowProgram
    layout: Layout
    kind: str
    columns: list[str]
    wanted: list[str] | None
    names: list[str]
    dialect: Dialect


@lru_cache(maxsize=4)
def _started(pickled: bytes) -> tuple[WorkOrder, TableRun]:
    """An order and its run, whose recordings serve for all units that come to this worker."""
    keep_memory()
    order: WorkOrder = pickle.loads(pickled)  # noqa: S301 - made by our own client
    table = FileInput([], order.kind, dialect=order.dialect)
    table.columns, table.wanted = order.columns, order.wanted
    return order, TableRun(order.program, table, order.layout)


def work(pickled: bytes, unit: Unit, path: str) -> dict[str, Any]:
    """Computes one unit into one part; errors are answers, too."""
    try:
        order, run = _started(pickled)
        account = write_part(run, unit, path, order.names)
    except GradcliError as error:
        return {"error": error}
    return {"account": account, "notices": run.mapper.notices, "still": run.mapper.still}


# --- on the client ------------------------------------------------------------------------------


def run_on_cluster(
    run: TableRun, output: TableOutput, address: str | None, workers: int, watcher: Watcher
) -> Account:
    """All of the table into the output, by the workers of a cluster (None: of this machine)."""
    table, layout = run.table, run.layout
    if not isinstance(table, FileInput) or not table.is_lasting:
        raise InputError(
            "a cluster reads files, not standard input, pipes or tables in memory",
            help="name a file",
        )
    path = output.path if output.path is not None and output.is_folder else None
    names = [] if path is None else layout.names  # parts that become one have no header
    order = WorkOrder(
        run.program, layout, table.kind, table.columns, table.wanted, names, table.dialect
    )
    total = Account()
    with ExitStack() as stack:
        client = stack.enter_context(_client(address, workers))
        cluster = _Cluster(client, address, watcher)
        folder = stack.enter_context(_scratch(output) if path is None else whole_folder(path))
        if path is None:
            append = stack.enter_context(output.opened(layout.kind, layout.names, layout.schema))
        for part, account in cluster.parts(run, order, folder):
            total.add(account)
            watcher.progress(total.rows, total.bad)
            if path is None:
                _join(part, layout.kind, append)
    return total


class _Cluster:
    """A client of a cluster, which knows whom to tell that one waits for workers."""

    def __init__(self, client: Any, address: str | None, watcher: Watcher) -> None:
        self.client = client
        self.address = address
        self.watcher = watcher

    def parts(self, run: TableRun, order: WorkOrder, folder: str) -> Iterator[tuple[str, Account]]:
        """Has each unit computed; the paths of the parts in order, and what was met in them."""
        with self._troubles():
            submit, most = self._begun(order)
        waiting: deque[tuple[str, Future[dict[str, Any]]]] = deque()
        for i, unit in enumerate(run.table.units()):
            path = os.path.join(folder, part_name(i, run.layout.kind))
            with self._troubles():
                waiting.append((path, submit(unit, path)))
            if len(waiting) > most:
                yield self._collected(run, *waiting.popleft())
        while waiting:
            yield self._collected(run, *waiting.popleft())
        _tidy(folder)

    def _begun(self, order: WorkOrder) -> tuple[Callable[[Unit, str], Any], int]:
        """What hands out a unit, once there are workers, and how many may wait at a time."""
        self._await_workers()
        if self.address is not None:
            _refuse_strangers(self.client, self.address)
        pickled = pickle.dumps(order)

        def submit(unit: Unit, path: str) -> Any:
            there = unit if self.address is None else _absolute(unit)
            return self.client.submit(work, pickled, there, path, pure=False)

        return submit, AHEAD * max(self._count(), 1)

    def _collected(self, run: TableRun, path: str, future: Any) -> tuple[str, Account]:
        """A part and what a worker answers of it."""
        with self._troubles():
            answer = self._answer(future)
        if "error" in answer:
            raise answer["error"]
        run.mapper.join(answer["notices"], answer["still"])
        return path, answer["account"]

    def _answer(self, future: Any) -> dict[str, Any]:
        """What a worker answers, as long as there are workers or new ones may come."""
        while True:
            try:
                answer: dict[str, Any] = future.result(timeout=PATIENCE)
            except TimeoutError:
                self._await_workers()
            else:
                future.release()
                return answer

    def _troubles(self) -> AbstractContextManager[None]:
        return _troubles(self.address or "of this machine")

    def _await_workers(self) -> None:
        """Returns when there is a worker, however long that takes."""
        if not self._count():
            self.watcher.tell("waiting for workers of the Dask cluster: it has none")
        while not self._count():
            time.sleep(0.1)

    def _count(self) -> int:
        return len(self.client.scheduler_info(n_workers=-1)["workers"])


@contextmanager
def _client(address: str | None, workers: int) -> Iterator[Any]:
    package = distributed()
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if address is None:
        with (
            _local_cluster(package, workers, logging.CRITICAL) as cluster,
            package.Client(cluster, set_as_default=False) as client,
        ):
            yield client
    else:
        with _connected(package, address) as client:
            yield client


def _connected(package: Any, address: str) -> Any:
    try:
        return package.Client(address, timeout="10s", set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise InputError(f"there is no Dask scheduler at {address}") from error


def _local_cluster(package: Any, workers: int, level: int) -> Any:
    """So many processes of this machine, which nobody else can reach."""
    return package.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address=None,
        silence_logs=level,
        scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
    )


@contextmanager
def _troubles(address: str) -> Iterator[None]:
    """What is wrong with a cluster, not with gradcli, in our words."""
    killed = distributed().KilledWorker
    try:
        yield
    except BrokenPipeError:
        raise
    except killed as error:
        raise ClusterError(
            f"workers of the Dask cluster {address} keep dying over the same rows",
            help="they may lack memory: fewer of them, or a table of smaller row groups",
        ) from error
    except (CancelledError, OSError) as error:
        raise ClusterError(f"the Dask cluster {address} is lost: {error}") from error


def _refuse_strangers(client: Any, address: str) -> None:
    """Where gradcli is not installed, its functions end a worker, and the next one after it."""
    from importlib.util import find_spec

    specs = {"the scheduler": client.run_on_scheduler(find_spec, "gradcli")}
    specs |= client.run(find_spec, "gradcli", on_error="return")
    for name, spec in specs.items():
        if spec is None:
            raise ClusterError(
                f"gradcli is not installed for {name} of the Dask cluster {address}",
                help="pip install 'gradcli[dask]' for its scheduler and all of its workers",
            )


@contextmanager
def _scratch(output: TableOutput) -> Iterator[str]:
    """A folder for parts beside the output, where all workers see it."""
    is_file = output.path is not None and not output.is_stream
    beside = os.path.dirname(os.path.realpath(str(output.path))) if is_file else os.getcwd()
    folder = os.path.join(beside, f".gradcli.{os.urandom(4).hex()}.tmp")
    os.mkdir(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _absolute(unit: Unit) -> Unit:
    """A unit for workers that may run in other folders."""
    extents = (part for part in unit if isinstance(part, Extent))
    return [replace(x, path=os.path.abspath(x.path), label=x.shown) for x in extents]


def _tidy(folder: str) -> None:
    """Takes away what workers that were killed left behind."""
    for name in os.listdir(folder):
        if name.startswith("."):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))


def _join(path: str, kind: str, append: Callable[[Any], None]) -> None:
    """A part takes its place in one table, as a single process would have written it."""
    for rows in read_part(path, kind):
        append(rows)
    os.unlink(path)
