"""`python -m tests.bench.shares map …`: how much of a run only one thread works, and at what.

The functions that read, compute, encode and write note when they begin and end, and in which
thread. What one of them calls counts as its own kind: a thread does one thing at a time. Workers
of Dask load this module, too, and leave their events in a folder when they end.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcli.cli.main import run
from gradcli.data.console import Console
from gradcli.data.tables import input as tables
from gradcli.data.tables import writers
from gradcli.engine.tables import table_run, tasks, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Event = tuple[float, int, str]
"""When a thread begins (1) or ends (-1) to do something of a kind."""

WATCHED = [
    (tables.FileInput, "rows", "reading"),
    (workers, "write_part", "writing"),
    (tasks, "write_part", "writing"),
    (workers, "worked", "computing"),
    (table_run, "encode", "encoding"),
    (writers, "parquet_file", "encoding"),
    (writers.ParquetPart, "write", "encoding"),
    (writers.TextWriter, "write", "writing"),
    (writers.ParquetWriter, "write", "writing"),
    (writers.ArrowWriter, "write", "writing"),
    (os, "fsync", "writing"),
    (tasks, "place", "writing"),
]

FOLDER = "GRADCLI_BENCH_SHARES"
"""The variable of the environment with the folder in which workers of Dask leave their events."""

PRELOAD = "DASK_DISTRIBUTED__WORKER__PRELOAD"
"""The variable of the environment with modules that workers of Dask load before they work."""

KINDS = ("reading", "computing", "encoding", "writing")


class Shares:
    """The events of a run; `doing` are the kinds of each thread, the innermost last."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._local = threading.local()

    @contextmanager
    def during(self, kind: str) -> Iterator[None]:
        """Within it, this thread does something of a kind."""
        doing = self._local.__dict__.setdefault("doing", [])
        self._note(doing, -1)
        doing.append(kind)
        self._note(doing, 1)
        try:
            yield
        finally:
            self._note(doing, -1)
            doing.pop()
            self._note(doing, 1)

    def _note(self, doing: list[str], change: int) -> None:
        if doing:
            self.events.append((time.monotonic(), change, doing[-1]))

    def function(self, inner: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """A function that notes what it does."""

        @wraps(inner)
        def outer(*args: Any, **options: Any) -> Any:
            with self.during(kind):
                return inner(*args, **options)

        return outer

    def generator(self, inner: Callable[..., Any], kind: str) -> Callable[..., Any]:
        """A function whose iterators note what they do for each item."""

        @wraps(inner)
        def outer(*args: Any, **options: Any) -> Iterator[Any]:
            items = iter(inner(*args, **options))
            while True:
                with self.during(kind):
                    item = next(items, None)
                if item is None:
                    return
                yield item

        return outer

    def watch(self) -> None:
        """Has the functions note what they do."""
        for owner, name, kind in WATCHED:
            setattr(owner, name, self.function(getattr(owner, name), kind))
        chunks = self.generator(tables.FileInput.chunks, "reading")
        tables.FileInput.chunks = chunks  # type: ignore[method-assign]

    def alone(self) -> tuple[float, float, dict[str, float]]:
        """The seconds in which none works, in which any does, and in which one alone, by kind."""
        events = sorted(self.events)
        active: Counter[str] = Counter()
        alone: dict[str, float] = defaultdict(float)
        idle = 0.0
        before = events[0][0]
        for at, change, kind in events:
            if active.total() == 0:
                idle += at - before
            elif active.total() == 1:
                (only,) = +active
                alone[only] += at - before
            active[kind] += change
            before = at
        return idle, before - events[0][0] - idle, dict(alone)


# --- in workers of Dask -------------------------------------------------------------------------

_of_worker = Shares()


def dask_setup(worker: Any) -> None:
    """A worker begins."""
    _of_worker.watch()


def dask_teardown(worker: Any) -> None:
    """A worker ends."""
    Path(os.environ[FOLDER], f"{os.getpid()}.json").write_text(json.dumps(_of_worker.events))


# --- in the process that is asked ---------------------------------------------------------------


def watched(arguments: list[str]) -> Shares:
    """What a command line does, in this process and in those of Dask."""
    shares = Shares()
    shares.watch()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {FOLDER: folder, PRELOAD: "tests.bench.shares"}
        with _console() as console:
            status = run(arguments, console)
        for path in Path(folder).iterdir():
            shares.events += map(tuple, json.loads(path.read_text()))
    if status:
        raise SystemExit(status)
    return shares


@contextmanager
def _console() -> Iterator[Console]:
    yield Console(sys.stdin.buffer, sys.stdout, sys.stderr, {}, is_terminal=False)


def main(arguments: list[str]) -> str:
    """The shares in one line."""
    idle, total, alone = watched(arguments).alone()
    parts = ", ".join(f"{kind} {alone.get(kind, 0) / total:.1%}" for kind in KINDS)
    waits = f"; besides, {idle:.2f} s at none of these" if idle > 0.1 else ""
    share = sum(alone.values()) / total
    return f"{total:.2f} s of work, one thread alone {share:.1%}: {parts}{waits}"


if __name__ == "__main__":
    print(main(sys.argv[1:]))
