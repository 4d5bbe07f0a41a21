"""`map` over a Dask cluster: each unit of the table becomes a part, the parts become the output."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from gradcli.data.tables.parts import read_part
from gradcli.data.tables.sink import part_name, sink
from gradcli.data.tables.source import Source, Unit
from gradcli.data.whole import whole_file, whole_folder
from gradcli.engine.tables.account import Count
from gradcli.engine.tables.mapping import Job, run_units
from gradcli.engine.tables.task import Task
from gradcli.errors import GradcliError, InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from gradcli.data.tables.target import Target

AHEAD = 4
"""Units for each worker that the scheduler knows of at a time."""


def distributed() -> Any:
    """Dask's scheduler, or what to install."""
    try:
        import distributed as package
    except ImportError as error:
        raise UsageError(
            "--dask needs Dask, which is not installed", help="pip install 'gradcli[dask]'"
        ) from error
    return package


PATIENCE = 5.0
"""Seconds after which one looks whether there are still workers."""


class ClusterError(GradcliError):
    """A cluster that does not do what it is there for."""

    kind = "input"
    status = 1


class Plan:
    """What every worker needs to know, as data: the recipe of a task, the source, the layout."""

    def __init__(self, job: Job, *, merged: bool) -> None:
        self.recipe = job.task.recipe
        self.paths = job.source.paths[:1]
        self.kind = job.source.kind
        self.columns = job.source.columns
        self.wanted = job.source.wanted
        self.layout = job.layout
        typed = job.layout.schema is not None and job.layout.kind in ("parquet", "arrow")
        self.part_kind = "arrow" if merged and typed else job.layout.kind
        self.bare = merged

    def job(self) -> Job:
        """The job, built anew."""
        source = Source(self.paths, self.kind)
        source.columns, source.wanted = self.columns, self.wanted
        return Job(Task.of(self.recipe), source, self.layout)


# --- on a worker --------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _job_of(pickled: bytes) -> Job:
    """The job of a plan; its recordings serve for all units that come to this worker."""
    import pickle

    plan: Plan = pickle.loads(pickled)  # noqa: S301 - made by our own client
    return plan.job()


def work(pickled: bytes, part_kind: str, bare: bool, unit: Unit, path: str) -> dict[str, Any]:
    """Computes one unit into one part, which appears whole; errors are answers, too."""
    try:
        job = _job_of(pickled)
        layout = job.layout
        names = [] if bare else layout.names
        with whole_file(path) as stream, sink(stream, part_kind, names, layout.schema) as write:
            count = run_units(job, iter([unit]), write, 1, lambda rows: None)
    except GradcliError as error:
        return {"error": error}
    return {"count": count, "notices": job.mapper.notices, "still": job.mapper.still}


# --- on the client ------------------------------------------------------------------------------


def run_on_cluster(
    job: Job,
    target: Target,
    address: str | None,
    workers: int | None,
    stream: Any,
    progress: Callable[[int], None],
    tell: Callable[[str], None],
) -> Count:
    """All of the source, by the workers of a cluster; `stream` is standard output.

    `tell` is given what there is to know while one waits.
    """
    if not job.source.is_lasting:
        raise InputError("a cluster reads files, not standard input or pipes", help="name a file")
    with ExitStack() as stack:
        client = stack.enter_context(_client(address, workers))
        troubles = _troubles(address or "of this machine")
        if target.path is not None and target.is_folder:
            folder = stack.enter_context(whole_folder(target.path))
            with troubles:
                return _parts(client, job, folder, address, progress, tell, merged=False)[0]
        folder = stack.enter_context(_scratch(target))
        with troubles:
            total, parts = _parts(client, job, folder, address, progress, tell, merged=True)
        if target.path is not None:
            stream = stack.enter_context(whole_file(target.path))
        _merge(job, parts, stream)
    return total


@contextmanager
def _client(address: str | None, workers: int | None) -> Iterator[Any]:
    package = distributed()
    import logging

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if address is not None:
        try:
            client = package.Client(address, timeout="10s", set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError(f"there is no Dask scheduler at {address}") from error
        with client:
            yield client
        return
    with (
        package.LocalCluster(
            n_workers=workers or os.cpu_count(),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as cluster,
        package.Client(cluster, set_as_default=False) as client,
    ):
        yield client


def _await_workers(client: Any, tell: Callable[[str], None]) -> None:
    """Returns when there is a worker, however long that takes."""
    if _count_workers(client):
        return
    tell("waiting for workers of the Dask cluster: there are none")
    while not _count_workers(client):
        time.sleep(0.1)


def _count_workers(client: Any) -> int:
    return len(client.scheduler_info(n_workers=-1)["workers"])


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
            f"workers of the Dask cluster {address} died over the same rows again and again",
            help="they may lack memory: fewer of them, or a table of smaller row groups",
        ) from error
    except (CancelledError, OSError) as error:
        raise ClusterError(f"the Dask cluster {address} is lost: {error}") from error


def _refuse_strangers(client: Any, address: str) -> None:
    """Where gradcli is not installed, its functions end a worker, and the next one after it."""
    from importlib.util import find_spec

    found = {"the scheduler": client.run_on_scheduler(find_spec, "gradcli")}
    found |= client.run(find_spec, "gradcli", on_error="return")
    for name, spec in found.items():
        if spec is None:
            raise ClusterError(
                f"gradcli is not installed for {name} of the Dask cluster {address}",
                help="pip install 'gradcli[dask]' for its scheduler and all of its workers",
            )


@contextmanager
def _scratch(target: Target) -> Iterator[str]:
    """A folder for parts beside the output, where all workers see it."""
    is_file = target.path is not None and not target.is_stream
    beside = os.path.dirname(os.path.realpath(str(target.path))) if is_file else os.getcwd()
    folder = os.path.join(beside, f".gradcli.{os.urandom(4).hex()}.tmp")
    os.mkdir(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _parts(
    client: Any,
    job: Job,
    folder: str,
    address: str | None,
    progress: Callable[[int], None],
    tell: Callable[[str], None],
    *,
    merged: bool,
) -> tuple[Count, list[str]]:
    """Has each unit computed; the accounts are added in order."""
    import pickle

    _await_workers(client, tell)
    if address is not None:
        _refuse_strangers(client, address)
    waited = partial(_result, client, tell)
    plan = Plan(job, merged=merged)
    if address is not None:
        plan.paths = list(map(os.path.abspath, plan.paths))
    pickled = pickle.dumps(plan)
    count = max(_count_workers(client), 1)
    total = Count()
    parts: list[str] = []
    waiting: list[Future[dict[str, Any]]] = []
    for i, unit in enumerate(job.source.units()):
        path = os.path.join(folder, part_name(i, plan.part_kind))
        parts.append(path)
        there = unit if address is None else _absolute(unit)
        waiting.append(
            client.submit(work, pickled, plan.part_kind, plan.bare, there, path, pure=False)
        )
        if len(waiting) > AHEAD * count:
            _collect(job, waited(waiting.pop(0)), total, progress)
    for future in waiting:
        _collect(job, waited(future), total, progress)
    _tidy(folder)
    return total, parts


def _absolute(unit: Unit) -> Unit:
    from dataclasses import replace

    return replace(unit, path=os.path.abspath(unit.path), label=unit.shown)


def _result(client: Any, tell: Callable[[str], None], future: Any) -> dict[str, Any]:
    """What a worker answers, as long as there are workers or new ones may come."""
    while True:
        try:
            found: dict[str, Any] = future.result(timeout=PATIENCE)
        except TimeoutError:
            _await_workers(client, tell)
            continue
        future.release()
        return found


def _collect(
    job: Job, found: dict[str, Any], total: Count, progress: Callable[[int], None]
) -> None:
    if "error" in found:
        raise found["error"]
    total.add(found["count"])
    job.mapper.join(found["notices"], found["still"])
    progress(total.rows)


def _tidy(folder: str) -> None:
    """Takes away what workers that were killed left behind."""
    for name in os.listdir(folder):
        if name.startswith("."):
            with suppress(OSError):
                os.unlink(os.path.join(folder, name))


def _merge(job: Job, parts: list[str], stream: Any) -> None:
    """One table of the parts, as a single process would have written it."""
    layout = job.layout
    with sink(stream, layout.kind, layout.names, layout.schema) as write:
        for path in parts:
            for block in read_part(path, layout.kind):
                write(block)
            os.unlink(path)
