"""`map` over a Dask cluster: each unit of the table becomes a part, or has its place in one file.

The workers write what they encode (`tasks.py`); only what has no place to be written at, as a
stream has none, goes through the client. Units are handed out by hand, not by Dask's own data
frames: only so do a few of them at a time wait at the scheduler, groups come out whole and in order
whatever worker dies, and the output has the bytes that threads would have written.
"""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections import deque
from concurrent.futures import CancelledError
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import chain, count
from typing import TYPE_CHECKING, Any

from gradcli.data.tables import sizes
from gradcli.data.tables.chunks import Extent
from gradcli.data.tables.input import FileInput
from gradcli.data.tables.writers import Spacious, part_name
from gradcli.data.whole import whole_folder
from gradcli.engine.tables.account import Account
from gradcli.engine.tables.dealing import Loads, hands
from gradcli.engine.tables.tasks import Answer, WorkOrder, brought, encode, place, write
from gradcli.errors import GradcliError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from gradcli.data.tables.chunks import Unit
    from gradcli.data.tables.output import TableOutput
    from gradcli.engine.tables.table_run import TableRun
    from gradcli.engine.tables.workers import Watcher

UNTOLD = 6
"""Units for each worker that have begun and are not told of: those after one that takes long, too,
wait for it, with all that is encoded of them."""

FRESH = 1.0
"""Seconds for which it is known who the workers are: to ask the scheduler takes as long as to hand
out a few units."""

NO_HUGE_PAGES = {"MIMALLOC_ALLOW_THP": "0", "NUMPY_MADVISE_HUGEPAGE": "0"}
"""What Arrow's allocator and NumPy are told of the memory of workers that are started from here.

New memory is dear in a process that has just begun, and huge pages are cleared as a whole; where a
virtual machine gives its free memory back they have to come from its host, too, which takes several
times as long."""

ONE_UNIT = {"unit": 1}
"""What a worker that is started from here has, and a unit takes: it works on one at a time, and
writes meanwhile what is encoded of others."""

FORKS = sys.platform == "linux"
"""Whether workers can be forked: elsewhere libraries may not be used any more after that."""

ALONE = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
"""What libraries are told of threads in processes of which each is one worker of several."""

LOADED = (
    "distributed",
    "gradcli.engine.tables.tasks",
    "gradcli.exec.compiled.region",
    "pyarrow._parquet",
    "llvmlite.binding",
)
"""The modules that a worker needs before it can do anything."""

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
    to_folder = output.is_folder
    names = layout.names if to_folder else []  # one header is enough for one file
    order = WorkOrder(
        run.program, layout, table.kind, table.columns, table.wanted, names, table.dialect
    )
    total = Account()
    with _client(address, workers) as client:
        cluster = _Cluster(client, address, watcher, order)
        answers = _parts if to_folder else _groups
        with closing(answers(cluster, run, output)) as found:
            for answer in found:
                total.add(answer.account)
                watcher.progress(total.rows, total.bad)
    return total


def _parts(cluster: _Cluster, run: TableRun, output: TableOutput) -> Generator[Answer, None, None]:
    """Has each unit written as a part of a folder; what is said of them, in order."""
    with whole_folder(str(output.path)) as folder:

        def begun(number: int, unit: Unit) -> tuple[Any]:
            path = os.path.join(folder, part_name(number, run.layout.kind))
            return (cluster.submit(write, unit, path),)

        for _, answer in cluster.answers(run, run.table.units(), begun):
            yield answer
        _tidy(folder)


def _groups(cluster: _Cluster, run: TableRun, output: TableOutput) -> Generator[Answer, None, None]:
    """Has the groups of each unit written where they belong, or brought here; in order."""
    layout, units = run.layout, run.table.units(groups=sizes.HELD)
    placed: deque[Any] = deque()
    with output.opened(layout.kind, layout.names, layout.schema) as sink:
        space = sink if output.is_file and isinstance(sink, Spacious) else None

        def begun(_: int, unit: Unit) -> tuple[Any, ...]:
            encoded = cluster.submit(encode, unit)
            return (encoded, cluster.then(brought, encoded)) if space is None else (encoded,)

        for (encoded, *groups), answer in cluster.answers(run, units, begun):
            if space is not None:
                starts = [space.leave(outline) for outline in answer.outlines]
                placed.append(cluster.then(place, encoded, starts, space.path, output.path))
            for group in chain(*map(cluster.result, groups)):
                sink.write(group)
            if len(placed) > cluster.most // 2:
                cluster.settle(placed.popleft())
            yield answer
        while placed:
            cluster.settle(placed.popleft())


class _Cluster:
    """A client of a cluster that works to an order, and tells somebody when it has no workers.

    `most` is how many units may have begun that are not told of.
    """

    def __init__(
        self, client: Any, address: str | None, watcher: Watcher, order: WorkOrder
    ) -> None:
        self._client = client
        self._address = address
        self._watcher = watcher
        self._order = pickle.dumps(order)
        self._numbers = count()
        self._loads = Loads()
        self._known: Collection[str] = ()
        self._asked = 0.0
        with self._troubles():
            self._await_workers()
            if address is not None:
                _refuse_strangers(client, address)
            self.most = UNTOLD * max(len(self._workers()), 1)

    def submit(self, function: Callable[..., Any], unit: Unit, *args: Any) -> Any:
        """Has a worker do something with a unit, any other if that is gone; the future of it.

        Without priorities workers take what comes within a tenth of a second in any order.
        """
        there = unit if self._address is None else _absolute(unit)
        with self._troubles():
            worker = self._loads.taker
            future = self._client.submit(
                function,
                self._order,
                there,
                *args,
                pure=False,
                priority=-next(self._numbers),
                resources=None if self._address else ONE_UNIT,
                workers=worker,
                allow_other_workers=worker is not None,
            )
        self._loads.add(future)
        return future

    def then(self, function: Callable[..., Any], *args: Any) -> Any:
        """Has something done with what a worker has, before it begins another unit."""
        with self._troubles():
            return self._client.submit(function, *args, pure=False, priority=1)

    def answers(
        self, run: TableRun, units: Iterable[Unit], begun: Callable[[int, Unit], tuple[Any, ...]]
    ) -> Iterator[tuple[Sequence[Any], Answer]]:
        """What was begun with each unit, until the next is asked for, and what is said of it.

        They come in order; the first of what is begun is the future of the answer.
        """
        waiting: deque[tuple[Any, ...]] = deque()
        numbers = count()
        for hand in hands(run.table.stretches(units), len(self._known)):
            while not self._loads.can_take(hand, self._fresh_workers()) and waiting:
                if waiting[0][0].done():
                    yield from self._collected(run, waiting.popleft())
                else:
                    self._await_any()
            for unit in hand.items:
                if len(waiting) == self.most:
                    yield from self._collected(run, waiting.popleft())
                waiting.append(begun(next(numbers), unit))
        while waiting:
            yield from self._collected(run, waiting.popleft())

    def _await_any(self) -> None:
        """Returns when one of the units that workers have to do is done."""
        futures = self._loads.undone
        with self._client.as_current():
            self._in_time(partial(distributed().wait, futures, return_when="FIRST_COMPLETED"))

    def _collected(
        self, run: TableRun, begun: tuple[Any, ...]
    ) -> Iterator[tuple[Sequence[Any], Answer]]:
        answer: Answer = self.result(begun[0])
        if answer.error is not None:
            raise answer.error
        run.mapper.join(answer.notices, answer.still)
        yield begun, answer
        for future in begun:
            future.release()

    def settle(self, future: Any) -> None:
        """Waits for what gives nothing, so that nothing is fetched unless it failed."""
        if self._in_time(future.exception) is not None or future.status != "finished":
            self.result(future)

    def result(self, future: Any) -> Any:
        """What a future gives."""
        return self._in_time(future.result)

    def _in_time(self, wait: Callable[..., Any]) -> Any:
        """What one waits for as long as there are workers or new ones may come."""
        with self._troubles():
            while True:
                try:
                    return wait(timeout=PATIENCE)
                except TimeoutError:
                    self._await_workers()

    def _troubles(self) -> AbstractContextManager[None]:
        return _troubles(self._address or "of this machine")

    def _await_workers(self) -> None:
        """Returns when there is a worker, however long that takes."""
        if not self._workers():
            self._watcher.tell("waiting for workers of the Dask cluster: it has none")
        while not self._workers():
            time.sleep(0.1)

    def _fresh_workers(self) -> Collection[str]:
        """The addresses of those that there were a moment ago."""
        if time.monotonic() - self._asked > FRESH:
            with self._troubles():
                self._workers()
        return self._known

    def _workers(self) -> Collection[str]:
        """The addresses of those that there are now."""
        self._known = self._client.scheduler_info(n_workers=-1)["workers"].keys()
        self._asked = time.monotonic()
        return self._known


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


def begin() -> None:
    """Has a process load what workers of this machine need, which are then forked from it.

    That takes half a second, in which this process has enough to do. None of them hears Ctrl-C:
    who asked for them does, and ends them.
    """
    if not FORKS:
        return
    from multiprocessing import forkserver, resource_tracker
    from signal import SIG_BLOCK, SIG_SETMASK, SIGINT, pthread_sigmask

    told = {**NO_HUGE_PAGES, **ALONE}
    before = {name: os.environ[name] for name in told if name in os.environ}
    os.environ.update(told)
    resource_tracker.ensure_running()  # or it would be begun below, and let SIGINT through
    heard = pthread_sigmask(SIG_BLOCK, [SIGINT])
    try:
        forkserver.set_forkserver_preload([*LOADED])
        forkserver.ensure_running()
    finally:
        pthread_sigmask(SIG_SETMASK, heard)
        for name in told.keys() - before:
            del os.environ[name]
        os.environ.update(before)


@contextmanager
def _local_cluster(package: Any, workers: int, level: int) -> Iterator[Any]:
    """So many processes of this machine, which nobody else can reach, of two threads each.

    They do without huge pages, without pages on the web, and without Dask's profile, which stops
    them a hundred times a second to look at them.
    """
    from dask import config

    options: dict[str, Any] = {
        "distributed.worker.profile.enabled": False,
        "distributed.worker.http.routes": [],
        "distributed.scheduler.http.routes": [],
    }
    options |= {f"distributed.nanny.pre-spawn-environ.{k}": v for k, v in NO_HUGE_PAGES.items()}
    if FORKS:
        options["distributed.worker.multiprocessing-method"] = "forkserver"
        vars(package.utils).update(_forkserver_preload_set=True)  # or Dask loads pandas here
    with (
        config.set(options),
        package.LocalCluster(
            n_workers=workers,
            threads_per_worker=2,
            resources=ONE_UNIT,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=level,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as cluster,
    ):
        yield cluster


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
